;; A resource of its own whose destructor never ends.
(component
  @memory@
  @contract@
  (core module $destructor-module (func (export "destructor") (param i32) (loop $again (br $again))))
  (core instance $destructor (instantiate $destructor-module))
  (alias core export $destructor "destructor" (core func $destructor))
  (type $thing (resource (rep i32) (dtor (core func $destructor))))
  (core func $new (canon resource.new $thing))
  (core func $drop-thing (canon resource.drop $thing))
  (core module $guest-module
    @guest@
    (import "things" "new" (func $new (param i32) (result i32)))
    (import "things" "drop" (func $drop-thing (param i32)))
    @describe@
    (func (export "run") (param i32 i32 i32 i32) (result i32)
      (call $drop-thing (call $new (i32.const 1)))
      (i32.const 3000)))
  (core instance $guest (instantiate $guest-module
    (with "memory" (instance $memory)) (with "host" (instance $host))
    (with "things" (instance (export "new" (func $new)) (export "drop" (func $drop-thing))))))
  @exports@)
