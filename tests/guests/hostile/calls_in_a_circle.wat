;; Calls a task of another component, which calls it.
(component
  (import "closes-the-circle" (func $next (result u32)))
  (core func $next (canon lower (func $next)))
  (core module $m (import "host" "next" (func $next (result i32))) (export "f" (func $next)))
  (core instance $i (instantiate $m (with "host" (instance (export "next" (func $next))))))
  (func (export "calls-in-a-circle") (result u32) (canon lift (core func $i "f"))))
