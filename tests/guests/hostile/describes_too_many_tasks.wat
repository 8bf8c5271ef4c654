;; A hundred thousand tasks, all of them the same bytes.
(func (export "describe") (result i32)
  (local $i i32)
  (drop (memory.grow (i32.const 300)))
  (loop $next
    (memory.copy (i32.add (i32.const 65536) (i32.mul (local.get $i) (i32.const 192))) (i32.const 4096) (i32.const 192))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (i32.const 100000))))
  (i32.store (i32.const 2048) (i32.const 65536))
  (i32.store (i32.const 2052) (i32.const 100000))
  (i32.const 2048))
