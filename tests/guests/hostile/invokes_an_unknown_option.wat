;; Options to an invocation that are neither there nor not there.
(data (i32.const 8000) "{}")
(data (i32.const 8016) "harmless")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $invoke (i32.const 8016) (i32.const 8) (i32.const 8000) (i32.const 2) (i32.const 9) (i32.const 0) (i32.const 0)
    (i32.const 9) (i32.const 0) (i32.const 9) (i64.const 0) (i32.const 9) (i64.const 0) (i32.const 8192))
  (i32.const 3000))
