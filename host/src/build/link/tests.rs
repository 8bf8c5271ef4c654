//! Linked components do what they did, and what must stay apart does.

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use super::*;

/// Two libraries that share the memory and the table of a third module, call one another, in both directions, and
/// put functions into the table. A fourth needs a function that is made of the memory.
const LIBRARIES: &str = r#"
(component
  (import "tell" (func $tell (param "text" string)))
  (core module $main
    (type $unary (func (param i32) (result i32)))
    (table (export "__indirect_function_table") 4 funcref)
    (memory (export "memory") 1)
    (global (export "a:table_base") i32 (i32.const 1))
    (global (export "a:memory_base") i32 (i32.const 16))
    (global (export "b:table_base") i32 (i32.const 2))
    (global (export "shared") (mut i32) (i32.const 5))
    ;; A library that comes later is called through the table.
    (func (export "thrice") (param i32) (result i32) (call_indirect (type $unary) (local.get 0) (i32.const 2))))
  (core module $a
    (type $unary (func (param i32) (result i32)))
    (import "env" "__table_base" (global $table_base i32))
    (import "env" "__memory_base" (global $memory_base i32))
    (import "env" "thrice" (func $thrice (type $unary)))
    (import "env" "memory" (memory 1))
    (import "env" "__indirect_function_table" (table 1 funcref))
    (import "GOT" "shared" (global $shared (mut i32)))
    (elem (global.get $table_base) func $double)
    (data (global.get $memory_base) "\07")
    (func $double (export "double") (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    ;; 3 x 7 + 5, and counts on.
    (func (export "sum") (type $unary)
      (global.set $shared (i32.add (global.get $shared) (i32.const 1)))
      (i32.add (call $thrice (i32.load8_u (global.get $memory_base)))
               (i32.sub (global.get $shared) (i32.const 1)))))
  (core module $b
    (type $unary (func (param i32) (result i32)))
    (import "env" "__table_base" (global $table_base i32))
    (import "env" "double" (func $double (type $unary)))
    (import "env" "__indirect_function_table" (table 1 funcref))
    (elem (global.get $table_base) func $thrice)
    (func $thrice (type $unary) (i32.add (call $double (local.get 0)) (local.get 0))))
  (core module $apart
    (import "env" "memory" (memory 1))
    (import "env" "tell" (func $tell (param i32 i32)))
    (import "env" "sum" (func $sum (param i32) (result i32)))
    (import "main" "__indirect_function_table" (table 3 funcref))
    (func (export "answer") (result i32)
      (i32.store8 (i32.const 0) (i32.const 97))
      (call $tell (i32.const 0) (i32.const 1))
      (call $sum (i32.const 0))))

  (core instance $main (instantiate $main))
  (alias core export $main "memory" (core memory $memory))
  (alias core export $main "__indirect_function_table" (core table $table))
  (alias core export $main "a:table_base" (core global $a_table))
  (alias core export $main "a:memory_base" (core global $a_memory))
  (alias core export $main "b:table_base" (core global $b_table))
  (alias core export $main "shared" (core global $shared))
  (alias core export $main "thrice" (core func $thrice))
  (core instance $a_env
    (export "__table_base" (global $a_table)) (export "__memory_base" (global $a_memory))
    (export "thrice" (func $thrice)) (export "memory" (memory $memory))
    (export "__indirect_function_table" (table $table)))
  (core instance $got (export "shared" (global $shared)))
  (core instance $a (instantiate $a (with "env" (instance $a_env)) (with "GOT" (instance $got))))
  (alias core export $a "double" (core func $double))
  (core func $told (canon lower (func $tell) (memory $memory)))
  (core instance $b_env
    (export "__table_base" (global $b_table)) (export "double" (func $double))
    (export "__indirect_function_table" (table $table)))
  (core instance $b (instantiate $b (with "env" (instance $b_env))))
  (alias core export $a "sum" (core func $sum))
  (core instance $apart_env
    (export "memory" (memory $memory)) (export "tell" (func $told)) (export "sum" (func $sum)))
  (core instance $apart (instantiate $apart (with "env" (instance $apart_env)) (with "main" (instance $main))))
  (alias core export $apart "answer" (core func $answer))
  (func (export "answer") (result u32) (canon lift (core func $answer))))
"#;

fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// What two calls give, and what is told meanwhile.
fn run(component: &[u8]) -> (Vec<u32>, String) {
    let engine = Engine::default();
    let component = Component::new(&engine, component).unwrap();
    let mut linker: Linker<String> = Linker::new(&engine);
    let tell = |mut store: wasmtime::StoreContextMut<'_, String>, (text,): (String,)| {
        store.data_mut().push_str(&text);
        Ok(())
    };
    linker.root().func_wrap("tell", tell).unwrap();
    let mut store = Store::new(&engine, String::new());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let answer = instance.get_typed_func::<(), (u32,)>(&mut store, "answer").unwrap();
    let answers = (0..2).map(|_| answer.call(&mut store, ()).unwrap().0).collect();
    (answers, store.into_data())
}

/// The modules of a component, with how many element segments have a place that the engine can't see ahead of time.
fn modules(component: &[u8]) -> Vec<usize> {
    let graph = Graph::of(component).unwrap();
    let unseen = |module: &module::Module<'_>| {
        let mut unseen = 0;
        for payload in &module.sections {
            let wasmparser::Payload::ElementSection(section) = payload else { continue };
            for element in section.clone() {
                if let wasmparser::ElementKind::Active { offset_expr, .. } = element.unwrap().kind {
                    let place = offset_expr.get_operators_reader().read().unwrap();
                    unseen += usize::from(!matches!(place, wasmparser::Operator::I32Const { .. }));
                }
            }
        }
        unseen
    };
    graph.modules.iter().map(unseen).collect()
}

#[test]
fn libraries_become_one_module_that_does_the_same() {
    let component = binary(LIBRARIES);
    assert_eq!(modules(&component), [0, 1, 1, 0]);
    let linked = linked(&component).unwrap().unwrap();
    assert_eq!(modules(&linked), [0, 0], "one stays apart, and one is all others");
    assert_eq!(run(&component), (vec![26, 27], "aa".to_owned()));
    assert_eq!(run(&linked), run(&component));
}

#[test]
fn what_is_linked_is_not_linked_again() {
    let once = linked(&binary(LIBRARIES)).unwrap().unwrap();
    assert!(linked(&once).unwrap().is_none());
}

#[test]
fn components_within_components_are_linked() {
    let inner = LIBRARIES.trim().strip_prefix("(component").unwrap();
    let outer = format!(
        r#"(component
             (import "tell" (func $tell (param "text" string)))
             (component $inner {inner}
             (instance $inner (instantiate $inner (with "tell" (func $tell))))
             (alias export $inner "answer" (func $answer))
             (export "answer" (func $answer)))"#
    );
    let component = binary(&outer);
    let linked = linked(&component).unwrap().unwrap();
    assert!(linked.len() < component.len());
    assert_eq!(run(&linked), run(&component));
}

#[test]
fn a_component_without_libraries_stays_as_it_is() {
    assert!(linked(&binary("(component)")).unwrap().is_none());
    let alone = r#"(component
      (core module $m (memory (export "memory") 1) (table (export "__indirect_function_table") 1 funcref))
      (core instance (instantiate $m)))"#;
    assert!(linked(&binary(alone)).unwrap().is_none());
}

#[test]
fn what_starts_or_has_two_states_stays_apart() {
    let starts = LIBRARIES.replace("func $thrice)\n", "func $thrice) (start $go) (func $go)\n");
    let component = binary(&starts);
    let linked_apart = linked(&component).unwrap().unwrap();
    assert_eq!(modules(&linked_apart), [1, 0, 0], "the one that starts keeps its segment");
    assert_eq!(run(&linked_apart), run(&component));
    let twice = LIBRARIES.replace(
        "(core instance $b (",
        "(core instance (instantiate $b (with \"env\" (instance $b_env))))\n(core instance $b (",
    );
    let component = binary(&twice);
    assert_eq!(run(&linked(&component).unwrap().unwrap()), run(&component));
}

#[test]
fn what_comes_after_one_that_stays_apart_stays_after_it() {
    // Both put a function at one place of the table; the second one's stays.
    let second = r#"(core module $c
        (type $unary (func (param i32) (result i32)))
        (import "env" "__indirect_function_table" (table 1 funcref))
        (elem (i32.const 2) func $none)
        (func $none (type $unary) (i32.const 100)))
      (core instance $c_env (export "__indirect_function_table" (table $table)))
      (core instance (instantiate $c (with "env" (instance $c_env))))"#;
    let starts = LIBRARIES.replace("func $thrice)\n", "func $thrice) (start $go) (func $go)\n");
    let component = binary(
        &starts.replace("(alias core export $a \"sum\"", &format!("{second} (alias core export $a \"sum\"")),
    );
    assert_eq!(run(&component).0, [105, 106]);
    assert_eq!(run(&linked(&component).unwrap().unwrap()), run(&component));
}

#[test]
fn where_core_parts_are_bound_to_their_numbers_nothing_is_linked() {
    let stays = |place: &str, more: &str| {
        let component = binary(&LIBRARIES.replace(place, &format!("{more}\n{place}")));
        assert!(linked(&component).unwrap().is_none(), "{more}");
    };
    let end = "(func (export \"answer\") (result u32)";
    // A destructor is a core function.
    stays(
        end,
        r#"(core module $d (func (export "drop") (param i32))) (core instance $d (instantiate $d))
        (alias core export $d "drop" (core func $drop)) (type $thing (resource (rep i32) (dtor (core func $drop))))"#,
    );
    // A component that comes later takes a module by its number.
    stays(end, "(component (alias outer 1 0 (core module $taken)))");
    stays(end, "(instance (export \"module\" (core module $a)))");
    // A function that is no core one is made before the last library is there.
    stays(
        "(core instance $b (",
        r#"(alias core export $a "double" (core func $early))
           (func (export "early") (param "n" u32) (result u32) (canon lift (core func $early)))"#,
    );
}

#[test]
fn functions_keep_their_own_names() {
    let named = LIBRARIES.replace("(func $double (type $unary)))", "(func $aaa_import (type $unary)))");
    let named = named.replace("(call $double (local.get 0))", "(call $aaa_import (local.get 0))");
    let linked = linked(&binary(&named)).unwrap().unwrap();
    let text = String::from_utf8_lossy(&linked);
    assert!(text.contains("double") && !text.contains("aaa_import"));
}

#[test]
fn what_is_no_component_is_an_error() {
    assert!(linked(b"no component").is_err());
    assert!(linked(b"\0asm").is_err());
    assert!(linked(&binary(LIBRARIES)[..1000]).is_err());
    // An instance of a module that is not there.
    assert!(linked(b"\0asm\x0d\0\x01\0\x02\x04\x01\x00\x05\x00").is_err());
}
