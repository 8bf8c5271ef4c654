;; Eighteen types, of which each is a pair of the one before.
(component
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export "f") (param i32)))
  (core instance $i (instantiate $m))
  (type $t0 u8)
  ;; repeat: 18
  (type $tNEXT (tuple $tINDEX $tINDEX))
  (func (export "doubles-its-types") (param "of" $t18)
    (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
