;; A message to the host from where there is no memory.
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $progress (i32.const 0xfffffff0) (i32.const 100) (i32.const 0) (f64.const 0))
  (i32.const 3000))
