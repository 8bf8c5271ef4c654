;; Recurses with a call to the host in each frame.
(func $down (param i32) (result i32)
  (call $progress (i32.const 3100) (i32.const 1) (i32.const 0) (f64.const 0))
  (i32.add (local.get 0) (call $down (i32.add (local.get 0) (i32.const 1)))))
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $down (i32.const 0)))
