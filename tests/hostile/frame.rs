//! Components from text. An attack says what is its own; the contract around it is in `tests/guests/hostile/frame`.
//!
//! A text that begins with `(component` is a whole component, with `@parts@` of the frame put in by name; any other is
//! what stands in the core module of a guest, which has a calm `describe` and `run` unless it brings its own.
//! `;; repeat: N` repeats the line after it, with `INDEX` and `NEXT` counted up.

use std::fmt::Write as _;
use std::path::Path;

use flyte_host_artifacts::HOSTILE_FRAME;

/// The component of an attack; its task has the attack's name.
pub(crate) fn component(name: &str, text: &str) -> Vec<u8> {
    let text = assembled(name, text);
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A component that does no harm, with this text in its core module.
fn assembled(name: &str, text: &str) -> String {
    let is_whole = text.lines().any(|line| line.starts_with("(component"));
    let component = if is_whole {
        text.to_owned()
    } else {
        let guest = format!("@guest@\n{}{}\n{text}", calm(text, "describe"), calm(text, "run"));
        format!("(component\n@memory@\n@contract@\n{}\n@exports@)", instance(text, &guest))
    };
    let guest = part("guest").replace("NAME", name).replace("LENGTH", &format!("\\{:02x}\\00\\00\\00", name.len()));
    let component = component
        .replace("@calm-guest@", &instance("", "@guest@\n@describe@\n@run@"))
        .replace("@describe@", &calm("", "describe"))
        .replace("@run@", &calm("", "run"))
        .replace("@guest@", &guest)
        .replace("@memory@", &part("memory"))
        .replace("@memory-in-place@", &part("memory-in-place"))
        .replace("@contract@", &part("contract"))
        .replace("@exports@", &exports(text));
    repeated(&component).replace("LONG", &"a".repeat(100_000)).replace("HEAVY", &heavy())
}

fn part(name: &str) -> String {
    let path = Path::new(HOSTILE_FRAME).join(format!("{name}.wat"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn has(text: &str, export: &str) -> bool {
    text.contains(&format!("(export \"{export}\")"))
}

/// A function that does what it should, unless the text has one of this name.
fn calm(text: &str, name: &str) -> String {
    match name {
        _ if has(text, name) => String::new(),
        "describe" => "(func (export \"describe\") (result i32) (i32.const 2048))".to_owned(),
        _ => "(func (export \"run\") (param i32 i32 i32 i32) (result i32) (i32.const 3000))".to_owned(),
    }
}

/// A core module, instantiated with what it imports.
fn instance(text: &str, guest: &str) -> String {
    let (mut definitions, mut imports, mut given) = (String::new(), String::new(), String::new());
    if has(text, "callback") {
        definitions.push_str(
            "(core func $task-return (canon task.return (result (result string (error $task-error))) \
             (memory $memory)))",
        );
        imports.push_str(
            "(import \"task\" \"return\" \
             (func $task-return (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))",
        );
        given.push_str("(with \"task\" (instance (export \"return\" (func $task-return))))");
    }
    format!(
        "{definitions}\n(core module $guest-module\n{imports}\n{guest})\n(core instance $guest (instantiate \
         $guest-module (with \"memory\" (instance $memory)) (with \"host\" (instance $host)) {given}))"
    )
}

/// The lifted functions, as the text's own functions and its `;; encoding:` have it.
fn exports(text: &str) -> String {
    let (mut aliases, mut options) = (String::new(), String::new());
    let mut option = |export: &str, option: &str| {
        if has(text, export) {
            let _ = writeln!(aliases, "(alias core export $guest \"{export}\" (core func $core-{export}))");
            let _ = write!(options, " {option}");
            return true;
        }
        false
    };
    let own_allocation = option("realloc", "(realloc $core-realloc)");
    option("post-return", "(post-return $core-post-return)");
    option("callback", "async (callback $core-callback)");
    if !own_allocation {
        options.push_str(" (realloc $realloc)");
    }
    if let Some(encoding) = text.lines().find_map(|line| line.strip_prefix(";; encoding: ")) {
        let _ = write!(options, " string-encoding={encoding}");
    }
    format!("{aliases}\n{}", part("exports").replace("RUN", &options))
}

fn repeated(text: &str) -> String {
    let mut out = String::new();
    let mut times = None;
    for line in text.lines() {
        if let Some(count) = line.trim().strip_prefix(";; repeat: ") {
            times = Some(count.parse::<usize>().unwrap());
            continue;
        }
        let counted = times.is_some();
        for index in 0..times.take().unwrap_or(1) {
            if counted {
                let line = line.replace("INDEX", &index.to_string()).replace("NEXT", &(index + 1).to_string());
                let _ = writeln!(out, "{line}");
            } else {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

/// A function body that takes long to compile.
fn heavy() -> String {
    let mut body = "local.get 0".to_owned();
    for step in 0..200 {
        let _ = write!(body, " i32.const {step} i32.mul local.get 0 i32.rotl local.get 0 i32.rem_u");
    }
    body
}
