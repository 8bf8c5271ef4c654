;; An error of a kind that there is not.
(data (i32.const 8192) "\01\00\00\00\c8\00\00\00\1c\0c\00\00\01\00\00\00")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.const 8192))
