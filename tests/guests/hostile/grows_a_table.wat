;; A table, a thousand elements at a time, until there is no more.
(table $table 0 funcref)
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (loop $again
    (br_if $again (i32.ge_s (table.grow $table (ref.null func) (i32.const 1000)) (i32.const 0))))
  unreachable)
