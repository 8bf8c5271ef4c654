;; Wants a way out that no host offers.
(component
  (import "host:shell/run@1.0.0" (instance (export "run" (func (param "command" string)))))
  @memory@
  @contract@
  @calm-guest@
  @exports@)
