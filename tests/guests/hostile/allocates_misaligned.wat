;; encoding: utf16
;; Gives room at an odd address for letters of two bytes.
(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 16385))
