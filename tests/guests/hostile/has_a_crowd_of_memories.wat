;; Forty memories.
(component
  @memory@
  @contract@
  (core module $small (memory 0))
  ;; repeat: 40
  (core instance (instantiate $small))
  @calm-guest@
  @exports@)
