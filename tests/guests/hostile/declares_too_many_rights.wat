;; Ten thousand rights, all of them the same bytes.
(data (i32.const 8192) "\00\00\00\00\00\03\00\00\01\00\00\00\00\00\00\00")
(func (export "describe") (result i32)
  (local $i i32)
  (drop (memory.grow (i32.const 4)))
  (loop $next
    (memory.copy (i32.add (i32.const 65536) (i32.mul (local.get $i) (i32.const 16))) (i32.const 8192) (i32.const 16))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (i32.const 10000))))
  (i32.store (i32.const 4280) (i32.const 65536))
  (i32.store (i32.const 4284) (i32.const 10000))
  (i32.const 2048))
