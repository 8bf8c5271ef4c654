;; A memory that has four gibibytes from its start.
(component
  @memory@
  @contract@
  (core module $large (memory 65536))
  (core instance (instantiate $large))
  @calm-guest@
  @exports@)
