;; A list of sixteen values, where there is no memory.
(component
  (core module $m (memory (export "memory") 1) (data (i32.const 16) "\00\00\ff\ff\10\00\00\00")
    (func (export "f") (result i32) (i32.const 16)))
  (core instance $i (instantiate $m))
  (func (export "returns-values-from-nowhere") (result (list u32))
    (canon lift (core func $i "f") (memory (core memory $i "memory")))))
