;; Little memory in each of several memories, which together have too much.
(component
  @memory@
  @contract@
  (core module $store (memory 0) (func (export "grow") (result i32) (memory.grow (i32.const 200))))
  (core instance $first (instantiate $store))
  (core instance $second (instantiate $store))
  (core instance $third (instantiate $store))
  (core module $guest-module
    @guest@
    (import "first" "grow" (func $grow-first (result i32)))
    (import "second" "grow" (func $grow-second (result i32)))
    (import "third" "grow" (func $grow-third (result i32)))
    @describe@
    (func (export "run") (param i32 i32 i32 i32) (result i32)
      (if (i32.lt_s (call $grow-first) (i32.const 0)) (then unreachable))
      (if (i32.lt_s (call $grow-second) (i32.const 0)) (then unreachable))
      (if (i32.lt_s (call $grow-third) (i32.const 0)) (then unreachable))
      (i32.const 3000)))
  (core instance $guest (instantiate $guest-module
    (with "memory" (instance $memory)) (with "host" (instance $host))
    (with "first" (instance $first)) (with "second" (instance $second)) (with "third" (instance $third))))
  @exports@)
