;; The contract's imports (`wit/task.wit`), types and functions, and the functions lowered for a core module: the core
;; instance `host`. What is lowered uses the memory and the allocation of the core instance `memory`.
(import "flyte:task/types@0.1.0" (instance $types
  (type $capability' (variant (case "read" string) (case "write" string) (case "env" string) (case "net" string)))
  (export "capability" (type $capability (eq $capability')))
  (type $right' (record (field "capability" $capability) (field "optional" bool)))
  (export "right" (type $right (eq $right')))
  (type $retry-causes' (flags "trap" "limit"))
  (export "retry-causes" (type $retry-causes (eq $retry-causes')))
  (type $backoff' (record (field "initial" u64) (field "factor" f64) (field "cap" (option u64))))
  (export "backoff" (type $backoff (eq $backoff')))
  (type $cache-behavior' (variant (case "disable") (case "auto") (case "override" string)))
  (export "cache-behavior" (type $cache-behavior (eq $cache-behavior')))
  (type $cache-policy' (record
    (field "behavior" $cache-behavior) (field "ignored-inputs" (list string)) (field "serialize" bool)
    (field "max-age" (option u64))))
  (export "cache-policy" (type $cache-policy (eq $cache-policy')))
  (type $reuse-scope' (enum "run" "global"))
  (export "reuse-scope" (type $reuse-scope (eq $reuse-scope')))
  (type $reuse-policy' (record
    (field "max-uses" u32) (field "idle-ttl" u64) (field "concurrency" u32) (field "scope" $reuse-scope)))
  (export "reuse-policy" (type $reuse-policy (eq $reuse-policy')))
  (type $task-policy' (record
    (field "retries" u32) (field "backoff" $backoff) (field "retry-on" $retry-causes)
    (field "max-runtime" (option u64)) (field "cache" $cache-policy)
    (field "reuse" (option $reuse-policy))))
  (export "task-policy" (type $task-policy (eq $task-policy')))
  (type $task-spec' (record
    (field "name" string) (field "environment" (option string)) (field "doc" string)
    (field "inputs" string) (field "output" string)
    (field "policy" $task-policy) (field "rights" (list $right))))
  (export "task-spec" (type (eq $task-spec')))
  (type $error-kind' (enum "task" "invalid-input" "invalid-output" "unknown-task" "trap" "limit" "denied" "aborted" "host"))
  (export "error-kind" (type $error-kind (eq $error-kind')))
  (type $task-error' (record
    (field "kind" $error-kind) (field "message" string) (field "causes" (list string))
    (field "details" (option string)) (field "recoverable" bool)))
  (export "task-error" (type (eq $task-error')))))
(alias export $types "task-spec" (type $task-spec))
(alias export $types "task-error" (type $task-error))

(import "flyte:task/context@0.1.0" (instance $context
  (export "progress" (func (param "message" string) (param "fraction" (option f64))))
  (export "panicking" (func (param "message" string) (param "location" (option string))))))

(import "flyte:task/actions@0.1.0" (instance $actions
  (type $invoke-options' (record
    (field "group" (option string)) (field "retries" (option u32)) (field "max-runtime" (option u64))
    (field "within" (option u64))))
  (export "invoke-options" (type $invoke-options (eq $invoke-options')))
  (export "invoke" (func async
    (param "task" string) (param "inputs" string) (param "options" $invoke-options)
    (result (result string (error $task-error)))))
  (type $fan-out' (record (field "concurrency" (option u32)) (field "fail-fast" bool)))
  (export "fan-out" (type $fan-out (eq $fan-out')))
  (export "invoke-each" (func async
    (param "task" string) (param "inputs" (list string)) (param "options" $invoke-options) (param "how" $fan-out)
    (result (list (result string (error $task-error))))))))
(alias export $actions "invoke-options" (type $invoke-options))

(import "flyte:task/blocking-actions@0.1.0" (instance $blocking
  (export "pending" (type $pending (sub resource)))
  (export "invoke-options" (type $options (eq $invoke-options)))
  (export "[method]pending.wait" (func (param "self" (borrow $pending)) (result (result string (error $task-error)))))
  (export "start" (func
    (param "task" string) (param "inputs" string) (param "options" $options) (result (own $pending))))))
(alias export $blocking "pending" (type $pending))

(alias core export $memory "memory" (core memory $memory))
(alias core export $memory "realloc" (core func $realloc))
(core func $progress (canon lower (func $context "progress") (memory $memory)))
(core func $panicking (canon lower (func $context "panicking") (memory $memory)))
(core func $invoke (canon lower (func $actions "invoke") (memory $memory) (realloc $realloc)))
(core func $invoke-each (canon lower (func $actions "invoke-each") (memory $memory) (realloc $realloc)))
(core func $start (canon lower (func $blocking "start") (memory $memory)))
(core func $wait (canon lower (func $blocking "[method]pending.wait") (memory $memory) (realloc $realloc)))
(core func $drop (canon resource.drop $pending))
(core instance $host
  (export "progress" (func $progress))
  (export "panicking" (func $panicking))
  (export "invoke" (func $invoke))
  (export "invoke-each" (func $invoke-each))
  (export "start" (func $start))
  (export "wait" (func $wait))
  (export "drop" (func $drop)))
