;; Functions without end to compile.
(component
  @memory@
  @contract@
  (core module $heavy
    ;; repeat: 250
    (func (param i32) (result i32) HEAVY)
  )
  (core instance (instantiate $heavy))
  @calm-guest@
  @exports@)
