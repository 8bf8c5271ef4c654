;; Answers the asynchronous ABI with a code that there is not, and a set that it does not have.
(func (export "run") (param i32 i32 i32 i32) (result i32) (i32.const 0xffff_fff7))
(func (export "callback") (param i32 i32 i32) (result i32) (i32.const 0))
