;; Says that it is done, by the asynchronous ABI, and gave no result.
(func (export "run") (param i32 i32 i32 i32) (result i32) (i32.const 0))
(func (export "callback") (param i32 i32 i32) (result i32) (i32.const 0))
