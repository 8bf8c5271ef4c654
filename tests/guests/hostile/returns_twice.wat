;; Gives two results to one call, by the asynchronous ABI.
(func $seven (call $task-return (i32.const 0) (i32.const 3100) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)
  (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
(func (export "run") (param i32 i32 i32 i32) (result i32) (call $seven) (call $seven) (i32.const 0))
(func (export "callback") (param i32 i32 i32) (result i32) (i32.const 0))
