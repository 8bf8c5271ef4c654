;; Twelve hundred core instances.
(component
  @memory@
  @contract@
  (core module $empty)
  ;; repeat: 1200
  (core instance (instantiate $empty))
  @calm-guest@
  @exports@)
