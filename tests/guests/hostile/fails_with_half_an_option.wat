;; An error whose details are neither there nor not there.
(data (i32.const 8192) "\01\00\00\00\00\00\00\00\1c\0c\00\00\01\00\00\00\00\00\00\00\00\00\00\00\09\00\00\00")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.const 8192))
