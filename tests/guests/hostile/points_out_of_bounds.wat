;; A result where there is no memory.
(data (i32.const 3200) "7")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.store (i32.const 3004) (i32.const 0xfffffff0))
  (i32.store (i32.const 3008) (i32.const 8))
  (i32.const 3000))
