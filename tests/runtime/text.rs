//! Small typed components, made from text.

use std::fmt::Write as _;

use flyte_host::component::MANIFEST_SECTION;
use flyte_host::{Host, HostBuilder, HostError, LoadError, PoolSize};

/// A function of an interface, in the words of the text format.
#[derive(Clone, Copy)]
pub(crate) struct Function<'t> {
    /// Types that it refers to as `$name`: each with its definition.
    pub(crate) types: &'t [(&'t str, &'t str)],
    pub(crate) label: &'t str,
    /// Its parameters and its result.
    pub(crate) ty: &'t str,
    /// The same for the core function, and what that does.
    pub(crate) core: &'t str,
}

/// `f: func() -> u32`, which gives this number.
pub(crate) fn number(core: &str) -> Function<'_> {
    Function { types: &[], label: "f", ty: "(result u32)", core }
}

/// A component that exports an interface of one function.
pub(crate) fn exporter(interface: &str, function: Function<'_>) -> String {
    let Function { types, label, ty, core } = function;
    let (mut given, mut taken, mut named) = (String::new(), String::new(), String::new());
    let mut arguments = String::new();
    for (name, definition) in types {
        let _ = write!(given, "(type ${name} {definition})");
        let _ =
            write!(taken, "(type $own-{name} {definition}) (import \"t-{name}\" (type ${name} (eq $own-{name})))");
        let _ = write!(arguments, "(with \"t-{name}\" (type ${name}))");
    }
    // The exported types have other indices, and the function is exported once more with them.
    for (name, _) in types {
        let _ = write!(named, "(export $e-{name} \"{name}\" (type ${name}))");
    }
    let exported =
        types.iter().fold(ty.to_owned(), |ty, (name, _)| ty.replace(&format!("${name}"), &format!("$e-{name}")));
    format!(
        r#"(component
            (core module $m (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                (func (export "f") {core}))
            (core instance $i (instantiate $m))
            {given}
            (func $f {ty} (canon lift (core func $i "f")
                (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
            (component $face
                {taken}
                (import "f" (func $f {ty}))
                {named}
                (export "{label}" (func $f) (func {exported})))
            (instance $out (instantiate $face (with "f" (func $f)) {arguments}))
            (export "{interface}" (instance $out)))"#
    )
}

/// An import of this function, by the text's own name `$name`.
fn import(name: &str, interface: &str, function: Function<'_>) -> String {
    let Function { types, label, ty, .. } = function;
    let types: String = types.iter().fold(String::new(), |text, (name, definition)| {
        text + &format!("(type $own-{name} {definition}) (export \"{name}\" (type ${name} (eq $own-{name})))")
    });
    format!("(import \"{interface}\" (instance ${name} {types} (export \"{label}\" (func {ty}))))")
}

/// A component that imports this function, never calls it, and has a task of its own.
pub(crate) fn importer(interface: &str, function: Function<'_>) -> String {
    format!(
        r#"(component {} (core module $m (func (export "go"))) (core instance $i (instantiate $m))
            (func (export "go") (canon lift (core func $i "go"))))"#,
        import("imported", interface, function)
    )
}

/// A component that imports `f: func() -> u32` of these interfaces; its tasks `call0`, `call1` … call them.
pub(crate) fn caller(interfaces: &[&str], label: &str) -> String {
    let (mut imports, mut lowered, mut given, mut core, mut tasks) =
        (String::new(), String::new(), String::new(), String::new(), String::new());
    for (at, interface) in interfaces.iter().enumerate() {
        imports += &import(&format!("i{at}"), interface, Function { label, ..number("") });
        let _ = write!(lowered, "(core func $f{at} (canon lower (func $i{at} \"{label}\")))");
        let _ = write!(given, "(export \"f{at}\" (func $f{at}))");
        let _ = write!(core, "(import \"host\" \"f{at}\" (func $f{at} (result i32)))");
        let _ = write!(tasks, "(func (export \"call{at}\") (result u32) (canon lift (core func $i \"f{at}\")))");
    }
    let exports: String = (0..interfaces.len()).map(|at| format!("(export \"f{at}\" (func $f{at}))")).collect();
    format!(
        r#"(component {imports} {lowered}
            (core module $m {core} {exports})
            (core instance $i (instantiate $m (with "host" (instance {given}))))
            {tasks})"#
    )
}

/// A builder that loads these, by their names.
pub(crate) fn builder(components: &[(&str, String)]) -> HostBuilder {
    let mut builder = Host::builder().pool(PoolSize { instances: 8 });
    for (name, text) in components {
        let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
        builder = builder.load_bytes(*name, bytes);
    }
    builder
}

/// A host with these loaded.
pub(crate) async fn load(components: &[(&str, String)]) -> Host {
    builder(components).build().await.unwrap_or_else(|error| panic!("{error}"))
}

/// Why the host refuses an import.
pub(crate) async fn refusal(components: &[(&str, String)]) -> (String, bool) {
    match builder(components).build().await {
        Err(HostError::Load(LoadError::Import { reason, is_loaded, .. })) => (reason, is_loaded),
        other => panic!("{other:?}"),
    }
}

/// The same component, with this in the section for rights.
pub(crate) fn with_rights(text: &str, manifest: &str) -> String {
    with_section(text, MANIFEST_SECTION, manifest)
}

/// The same component, with another section.
pub(crate) fn with_section(text: &str, name: &str, content: &str) -> String {
    let body = text.trim_end().strip_suffix(')').expect("a component ends");
    format!("{body} (@custom \"{name}\" \"{}\"))", content.replace('"', "\\\""))
}
