;; encoding: utf16
;; Half a surrogate pair, in the encoding that has surrogates.
(data (i32.const 3200) "\22\00\00\d8\22\00")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.store (i32.const 3004) (i32.const 3200))
  (i32.store (i32.const 3008) (i32.const 3))
  (i32.const 3000))
