;; As many memories as the pool has for all.
(component
  @memory@
  @contract@
  (core module $small (memory 0))
  ;; repeat: 90
  (core instance (instantiate $small))
  @calm-guest@
  @exports@)
