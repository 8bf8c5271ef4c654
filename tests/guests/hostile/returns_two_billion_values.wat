;; A list of 2^31 values, in a memory of 64 KiB.
(component
  (core module $m (memory (export "memory") 1) (data (i32.const 16) "\00\00\00\00\00\00\00\80")
    (func (export "f") (result i32) (i32.const 16)))
  (core instance $i (instantiate $m))
  (func (export "returns-two-billion-values") (result (list bool))
    (canon lift (core func $i "f") (memory (core memory $i "memory")))))
