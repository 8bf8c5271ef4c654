;; A fan-out whose bound is neither there nor not there.
(data (i32.const 8000) "{}")
(data (i32.const 8016) "harmless")
;; The list: one text.
(data (i32.const 8032) "\40\1f\00\00\02\00\00\00")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $invoke-each (i32.const 8016) (i32.const 8) (i32.const 8032) (i32.const 1)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)
    (i32.const 9) (i32.const 0) (i32.const 0) (i32.const 8192))
  (i32.const 3000))
