  (import "memory" "memory" (memory 2))
  (import "memory" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "host" "progress" (func $progress (param i32 i32 i32 f64)))
  (import "host" "panicking" (func $panicking (param i32 i32 i32 i32 i32)))
  (import "host" "invoke" (func $invoke (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i64 i32)))
  (import "host" "invoke-each"
    (func $invoke-each (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i64 i32 i32 i32 i32)))
  (import "host" "start" (func $start (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i64) (result i32)))
  (import "host" "wait" (func $wait (param i32 i32)))
  (import "host" "drop" (func $drop (param i32)))
  ;; The task's name is at 256, the schemas are at 512 and 768; the list of tasks is at 2048, its only element at 4096.
  (data (i32.const 256) "NAME")
  (data (i32.const 512) "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}")
  (data (i32.const 768) "{\"type\":\"integer\"}")
  (data (i32.const 2048) "\00\10\00\00\01\00\00\00")
  (data (i32.const 4096) "\00\01\00\00LENGTH")
  (data (i32.const 4124) "\00\02\00\00\3e\00\00\00\00\03\00\00\12\00\00\00")
  ;; The backoff's factor: 1.0.
  (data (i32.const 4160) "\00\00\00\00\00\00\f0\3f")
  ;; The result: 7, at 3100.
  (data (i32.const 3004) "\1c\0c\00\00\01\00\00\00")
  (data (i32.const 3100) "7")
