;; The eighth case of a variant of two.
(component
  (core module $m (memory (export "memory") 1) (data (i32.const 16) "\07\00\00\00\00\00\00\00")
    (func (export "f") (result i32) (i32.const 16)))
  (core instance $i (instantiate $m))
  (type $variant (variant (case "none") (case "some" u32)))
  (export $named "shape" (type $variant))
  (func (export "returns-a-case-beyond-its-type") (result $named)
    (canon lift (core func $i "f") (memory (core memory $i "memory")))))
