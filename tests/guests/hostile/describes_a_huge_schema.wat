;; A schema of thirty mebibytes of white space.
(func (export "describe") (result i32)
  (drop (memory.grow (i32.const 481)))
  (memory.fill (i32.const 131072) (i32.const 32) (i32.const 0x1e00000))
  (i32.store (i32.const 4132) (i32.const 131072))
  (i32.store (i32.const 4136) (i32.const 0x1e00000))
  (i32.const 2048))
