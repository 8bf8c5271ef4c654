;; Tells another name each time it is asked.
(component
  @memory@
  @contract@
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (core func $u64 (canon lower (func $random "get-random-u64")))
  (core module $guest-module
    @guest@
    (import "wasi" "u64" (func $u64 (result i64)))
    (func (export "describe") (result i32)
      (i32.store8 (i32.const 256) (i32.add (i32.const 97) (i32.wrap_i64 (i64.rem_u (call $u64) (i64.const 26)))))
      (i32.const 2048))
    (func (export "run") (param i32 i32 i32 i32) (result i32) (i32.const 3000)))
  (core instance $guest (instantiate $guest-module
    (with "memory" (instance $memory)) (with "host" (instance $host))
    (with "wasi" (instance (export "u64" (func $u64))))))
  @exports@)
