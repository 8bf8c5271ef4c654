;; A result that would reach past the end of all memory.
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.const 0xfffffffc))
