;; An error with ten thousand causes, all of them the same sixty thousand bytes.
(data (i32.const 8192) "\01\00\00\00\00\00\00\00\1c\0c\00\00\01\00\00\00\00\40\00\00\10\27\00\00")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (local $i i32)
  (drop (memory.grow (i32.const 2)))
  (memory.fill (i32.const 131072) (i32.const 97) (i32.const 60000))
  (loop $next
    (i32.store (i32.add (i32.const 16384) (i32.mul (local.get $i) (i32.const 8))) (i32.const 131072))
    (i32.store (i32.add (i32.const 16388) (i32.mul (local.get $i) (i32.const 8))) (i32.const 60000))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (i32.const 10000))))
  (i32.const 8192))
