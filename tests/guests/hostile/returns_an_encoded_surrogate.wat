;; A lone surrogate in the bytes that UTF-8 would have for it, which are none of UTF-8.
(data (i32.const 3200) "\22\ed\a0\80\22")
(func (export "run") (param i32 i32 i32 i32) (result i32)
  (i32.store (i32.const 3004) (i32.const 3200))
  (i32.store (i32.const 3008) (i32.const 5))
  (i32.const 3000))
