;; A result that is no UTF-8.
(data (i32.const 3200) "\22\ff\fe\22")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.store (i32.const 3004) (i32.const 3200))
  (i32.store (i32.const 3008) (i32.const 4))
  (i32.const 3000))
