;; More core instances than a pool for all has.
(component
  @memory@
  @contract@
  (core module $empty)
  ;; repeat: 9000
  (core instance (instantiate $empty))
  @calm-guest@
  @exports@)
