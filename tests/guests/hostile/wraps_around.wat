;; A result whose end is before its start, where 32 bits count it.
(data (i32.const 3200) "7")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.store (i32.const 3004) (i32.const 0xffffff00))
  (i32.store (i32.const 3008) (i32.const 0x200))
  (i32.const 3000))
