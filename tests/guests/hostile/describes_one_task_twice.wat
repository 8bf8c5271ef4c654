;; Two tasks of one name.
(func (export "describe") (result i32)
  (memory.copy (i32.const 4288) (i32.const 4096) (i32.const 192))
  (i32.store (i32.const 2052) (i32.const 2))
  (i32.const 2048))
