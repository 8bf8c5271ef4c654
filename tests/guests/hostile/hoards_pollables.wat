;; Clocks to wait for, none of which is ever given back.
(component
  @memory@
  @contract@
  (import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type (sub resource)))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (export "pollable" (type $own-pollable (eq $pollable)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $own-pollable))))))
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (core module $guest-module
    @guest@
    (import "wasi" "subscribe" (func $subscribe (param i64) (result i32)))
    @describe@
    (func (export "run") (param i32 i32 i32 i32) (result i32)
      (loop $again (drop (call $subscribe (i64.const 1000000000000))) (br $again))
      unreachable))
  (core instance $guest (instantiate $guest-module
    (with "memory" (instance $memory)) (with "host" (instance $host))
    (with "wasi" (instance (export "subscribe" (func $subscribe))))))
  @exports@)
