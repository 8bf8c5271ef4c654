;; Calls the task that calls it.
(component
  (import "calls-in-a-circle" (func $next (result u32)))
  (core func $next (canon lower (func $next)))
  (core module $m (import "host" "next" (func $next (result i32))) (export "f" (func $next)))
  (core instance $i (instantiate $m (with "host" (instance (export "next" (func $next))))))
  (func (export "closes-the-circle") (result u32) (canon lift (core func $i "f"))))
