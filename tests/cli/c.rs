//! A component in C: the packages clang and lld of the system, and the linker that comes with Rust.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::terminal::Terminal;

/// Runs a tool; what it takes is said where it is missing.
fn tool(name: &str, args: &[&str]) -> String {
    let output = Command::new(name).args(args).output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "cannot run `{name}` ({error}): this test needs the packages clang and lld (`apt install clang lld`)"
        )
    });
    assert!(output.status.success(), "{name} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Links an object file to a component whose exports have the types of a world.
fn link(object: &Path, world: &Path, out: &Path) {
    let libraries = PathBuf::from(tool("rustc", &["--print", "target-libdir"]));
    let linker = libraries.with_file_name("bin").join("wasm-component-ld");
    // Debian has it with its version in the name where only one of several is installed.
    let lld = tool("sh", &["-c", "command -v wasm-ld || ls /usr/bin/wasm-ld-* | head -n 1"]);
    assert!(!lld.is_empty(), "`wasm-ld` is missing: this test needs the package lld (`apt install lld`)");
    let [linker, object, world, out] = [&linker, object, world, out].map(|path| path.to_str().unwrap());
    tool(linker, &["--wasm-ld-path", &lld, "--component-type", world, "--no-entry", object, "-o", out]);
}

#[test]
fn a_component_in_c_has_tasks() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/typed/c");
    let terminal = Terminal::new();
    let object = terminal.path().join("statistics.o");
    let compile = ["--target=wasm32-unknown-unknown", "-O2", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-c"];
    let program = source.join("statistics.c");
    tool("clang", &[&compile[..], &[program.to_str().unwrap(), "-o", object.to_str().unwrap()]].concat());
    link(&object, &source.join("statistics.wit"), &terminal.path().join("statistics.wasm"));

    let summary = terminal.run(&["run", "statistics.wasm", "summarize", "--values", "[1, 2.5, 4]"]);
    assert_eq!(summary.value(), r#"{"count":3,"mean":2.5,"largest":4.0}"#);
    let empty = terminal.run(&["run", "statistics.wasm", "summarize", "--values", "[]"]);
    assert_eq!(empty.value(), r#"{"count":0,"mean":0.0,"largest":null}"#);
    let loud = terminal.run(&["run", "statistics.wasm", "shout", "--text", "grüezi"]);
    assert_eq!(loud.value(), r#""GRüEZI""#);
    let nothing = terminal.run(&["run", "statistics.wasm", "shout", "--text", ""]);
    assert_eq!(nothing.code, Some(1), "{nothing}");
    assert_eq!(nothing.stderr, "error: `shout` failed: there is nothing to shout\n");
}
