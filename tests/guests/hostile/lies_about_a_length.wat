;; A result of two gibibytes, of which there are 128 KiB.
(data (i32.const 3200) "7")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.store (i32.const 3004) (i32.const 3200))
  (i32.store (i32.const 3008) (i32.const 0x7fffffff))
  (i32.const 3000))
