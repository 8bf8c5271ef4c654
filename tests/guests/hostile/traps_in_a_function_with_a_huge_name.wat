;; Traps below functions whose names are a hundred thousand letters long.
(func $long-0-LONG unreachable)
;; repeat: 30
(func $long-NEXT-LONG (call $long-INDEX-LONG))
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (call $long-30-LONG)
  (i32.const 3000))
