;; A message to the host that is no UTF-8.
(data (i32.const 3200) "\ff\fe")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $progress (i32.const 3200) (i32.const 2) (i32.const 0) (f64.const 0))
  (i32.const 3000))
