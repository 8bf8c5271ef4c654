;; More functions than a component may have tasks.
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func $f (canon lift (core func $i "f")))
  ;; repeat: 10001
  (export "fINDEX" (func $f))
)
