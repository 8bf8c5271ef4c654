;; All bits of flags of which there are two.
(component
  (core module $m (func (export "f") (result i32) (i32.const -1)))
  (core instance $i (instantiate $m))
  (type $flags (flags "read" "write"))
  (export $named "permissions" (type $flags))
  (func (export "returns-flags-beyond-its-type") (result $named) (canon lift (core func $i "f"))))
