;; A list of a string of two bytes that are no UTF-8.
(component
  (core module $m (memory (export "memory") 1)
    (data (i32.const 16) "\20\00\00\00\01\00\00\00") (data (i32.const 32) "\30\00\00\00\02\00\00\00")
    (data (i32.const 48) "\ff\fe")
    (func (export "f") (result i32) (i32.const 16)))
  (core instance $i (instantiate $m))
  (func (export "returns-a-value-that-is-no-text") (result (list string))
    (canon lift (core func $i "f") (memory (core memory $i "memory")))))
