;; A child whose name and inputs overlap, and whose result is to go where there is no memory.
(data (i32.const 8000) "{}")
(data (i32.const 8016) "harmless")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $invoke (i32.const 8016) (i32.const 8) (i32.const 8000) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0) (i32.const 0xfffffff0))
  (i32.const 3000))
