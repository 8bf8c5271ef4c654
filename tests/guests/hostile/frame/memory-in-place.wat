;; As `memory.wat`, with an allocation that gives the same place each time.
(core module $memory-module
  (memory (export "memory") 20)
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536)))
(core instance $memory (instantiate $memory-module))
