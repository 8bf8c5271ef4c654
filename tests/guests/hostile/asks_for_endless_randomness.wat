;; A terabyte of random bytes, in one wish.
(component
  @memory@
  @contract@
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core func $bytes (canon lower (func $random "get-random-bytes") (memory $memory) (realloc $realloc)))
  (core module $guest-module
    @guest@
    (import "wasi" "bytes" (func $bytes (param i64 i32)))
    @describe@
    (func (export "run") (param i32 i32 i32 i32) (result i32)
      (call $bytes (i64.const 0x10000000000) (i32.const 8192))
      (i32.const 3000)))
  (core instance $guest (instantiate $guest-module
    (with "memory" (instance $memory)) (with "host" (instance $host))
    (with "wasi" (instance (export "bytes" (func $bytes))))))
  @exports@)
