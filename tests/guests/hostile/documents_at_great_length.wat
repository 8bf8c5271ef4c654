;; Comments of its WIT with a name of 800,000 letters, and of 200,000 letters.
(component
  (core module $m (func (export "f") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func (export "documents-at-great-length") (result u32) (canon lift (core func $i "f")))
  (@custom "package-docs" "\00{\"worlds\":{\"w\":{\"func_exports\":{\"LONGLONGLONGLONGLONGLONGLONGLONG\":\"x\",\"documents-at-great-length\":\"LONGLONG\"}}}}"))
