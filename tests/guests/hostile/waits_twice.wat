;; Takes one result twice.
(data (i32.const 8000) "{}")
(data (i32.const 8016) "harmless")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (local $child i32)
  (local.set $child (call $start (i32.const 8016) (i32.const 8) (i32.const 8000) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)))
  (call $wait (local.get $child) (i32.const 8192))
  (call $wait (local.get $child) (i32.const 8192))
  (i32.const 3000))
