;; A result at an odd address.
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.const 3001))
