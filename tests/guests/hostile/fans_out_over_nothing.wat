;; A fan-out over a list that begins where the memory ends.
(data (i32.const 8016) "harmless")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $invoke-each (i32.const 8016) (i32.const 8) (i32.const 0xfffffff8) (i32.const 1)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8192))
  (i32.const 3000))
