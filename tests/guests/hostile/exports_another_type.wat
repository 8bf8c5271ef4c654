;; Exports the functions of the contract, with other types.
(component
  (core module $module (func (export "f")))
  (core instance $core (instantiate $module))
  (alias core export $core "f" (core func $f))
  (func $nothing (canon lift (core func $f)))
  (instance $tasks (export "describe" (func $nothing)) (export "run" (func $nothing)))
  (export "flyte:task/task-set@0.1.0" (instance $tasks)))
