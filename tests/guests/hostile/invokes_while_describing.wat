;; Starts an action where it is to tell its tasks.
(data (i32.const 8000) "{}")
(data (i32.const 8016) "harmless")
(func (export "describe") (result i32)
  (drop (call $start (i32.const 8016) (i32.const 8) (i32.const 8000) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)))
  (i32.const 2048))
