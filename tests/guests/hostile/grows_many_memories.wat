;; Many memories, each of them within the limit.
;; repeat: 3
(memory 0)
(func (export "run") (param i32 i32 i32 i32) (result i32)
;; repeat: 3
  (if (i32.lt_s (memory.grow INDEX (i32.const 200)) (i32.const 0)) (then unreachable))
  (i32.const 3000))
