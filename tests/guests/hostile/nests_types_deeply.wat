;; A list of lists, a thousand deep.
(component
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export "f") (param i32 i32)))
  (core instance $i (instantiate $m))
  (type $t0 u8)
  ;; repeat: 1000
  (type $tNEXT (list $tINDEX))
  (func (export "nests-types-deeply") (param "of" $t1000)
    (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
