;; Starts children and drops each at once, over and over.
(data (i32.const 8000) "{}")
(data (i32.const 8016) "harmless")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (loop $again
    (call $drop (call $start (i32.const 8016) (i32.const 8) (i32.const 8000) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)))
    (br $again))
  unreachable)
