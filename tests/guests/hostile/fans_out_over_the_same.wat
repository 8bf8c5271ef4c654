;; A fan-out over a million inputs, all of them the same bytes.
(data (i32.const 8016) "harmless")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (drop (memory.grow (i32.const 130)))
  (call $invoke-each (i32.const 8016) (i32.const 8) (i32.const 65536) (i32.const 1000000)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8192))
  (i32.const 3000))
