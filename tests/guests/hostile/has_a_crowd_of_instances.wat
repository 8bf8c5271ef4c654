;; Five hundred core instances.
(component
  @memory@
  @contract@
  (core module $empty)
  ;; repeat: 500
  (core instance (instantiate $empty))
  @calm-guest@
  @exports@)
