;; An error with more causes than memory could hold.
(data (i32.const 8192) "\01\00\00\00\00\00\00\00\1c\0c\00\00\01\00\00\00\00\40\00\00\ff\ff\ff\7f")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.const 8192))
