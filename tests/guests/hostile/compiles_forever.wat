;; Functions without end to compile.
(component
  @memory@
  @contract@
  (core module $heavy
    ;; repeat: 2500
    (func (param i32) (result i32) HEAVY))
  (core instance (instantiate $heavy))
  @calm-guest@
  @exports@)
