;; A schema of half a million levels.
(func (export "describe") (result i32)
  (local $i i32)
  (drop (memory.grow (i32.const 100)))
  (loop $next
    (i64.store (i32.add (i32.const 65536) (i32.mul (local.get $i) (i32.const 9))) (i64.const 0x22736d657469227b))
    (i32.store8 (i32.add (i32.const 65544) (i32.mul (local.get $i) (i32.const 9))) (i32.const 58))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (i32.const 500000))))
  (i32.store (i32.const 4132) (i32.const 65536))
  (i32.store (i32.const 4136) (i32.const 4500000))
  (i32.const 2048))
