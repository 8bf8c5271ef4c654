;; Waits for a child by a handle that it was never given.
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $wait (i32.const 12345) (i32.const 8192))
  (i32.const 3000))
