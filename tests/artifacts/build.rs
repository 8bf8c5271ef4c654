//! Compiles every guest of `tests/guests` and every example to a component, and writes their paths as constants.

use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "build_attacks.rs"]
mod attacks;

const TARGET: &str = "wasm32-wasip2";

/// The packages whose libraries are components. `tests/guests` is apart: there each `[[example]]` is one.
const EXAMPLES: [&str; 3] = ["dataclasses-and-structures", "pipeline-readings", "pipeline-report"];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // Asked for now, not when this was compiled: another clone may share the target directory.
    let manifest_dir = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let root = manifest_dir.join("../..").canonicalize().expect("the workspace exists");
    for watched in ["wit", "guest-sdk", "tests/guests", "examples", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }
    // Beside the outer build's own directories: the outer cargo holds a lock on those.
    let target_dir =
        out.ancestors().nth(4).expect("OUT_DIR is four levels below the target directory").join("guests");

    add_target();
    let guests = stems(&root.join("tests/guests"), "rs");
    let hostile = root.join("tests/guests/hostile");
    compile(&root, &target_dir);

    let built = target_dir.join(TARGET).join("flyte-task");
    let mut source = String::new();
    for name in &guests {
        constant(&mut source, name, &built.join("examples").join(format!("{name}.wasm")));
    }
    for name in EXAMPLES {
        let name = name.replace('-', "_");
        constant(&mut source, &name, &built.join(format!("{name}.wasm")));
    }
    source.push_str(
        "/// Calls a macro with the name of each guest.\n#[macro_export]\nmacro_rules! foreach_guest {\n",
    );
    source.push_str("    ($callback:ident) => {\n");
    for name in &guests {
        let _ = writeln!(source, "        $callback!({name});");
    }
    source.push_str("    };\n}\n");
    attacks::list(&mut source, &hostile, &built.join("examples"));
    std::fs::write(out.join("artifacts.rs"), source).expect("OUT_DIR is writable");
}

fn constant(source: &mut String, name: &str, path: &Path) {
    assert!(path.is_file(), "the build made no {}", path.display());
    let _ = writeln!(source, "/// The component `{name}`.\npub const {}: &str = {path:?};", name.to_uppercase());
}

/// The names of a directory's files with this extension, without it, in order.
fn stems(dir: &Path, extension: &str) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let paths = entries.map(|entry| entry.expect("the directory can be listed").path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn compile(root: &Path, target_dir: &Path) {
    // The profile `flyte-host build` uses, so that the tests of that command find the dependencies compiled.
    let mut common = vec!["build", "--target", TARGET, "--profile", "flyte-task"];
    for setting in [
        "profile.flyte-task.inherits='release'",
        "profile.flyte-task.lto=true",
        "profile.flyte-task.codegen-units=1",
        "profile.flyte-task.panic='abort'",
        "profile.flyte-task.strip='debuginfo'",
    ] {
        common.extend(["--config", setting]);
    }
    run(root, target_dir, &common, &["--package", "guests", "--examples"]);
    let mut libraries = vec!["--lib"];
    for name in EXAMPLES {
        libraries.extend(["--package", name]);
    }
    run(root, target_dir, &common, &libraries);
}

fn run(root: &Path, target_dir: &Path, common: &[&str], what: &[&str]) {
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo.current_dir(root).args(common).args(what).env("CARGO_TARGET_DIR", target_dir);
    // Meant for the outer build: a linter in place of the compiler, flags for the host's own architecture.
    for variable in ["RUSTC_WORKSPACE_WRAPPER", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    let status = cargo.status().expect("cargo can be run");
    assert!(status.success(), "the guests could not be compiled");
}

fn add_target() {
    let asked = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    let directory = asked.map(|out| PathBuf::from(String::from_utf8_lossy(&out.stdout).trim())).unwrap_or_default();
    if !directory.is_dir() {
        println!("cargo::warning=adding the Rust target {TARGET} (rustup target add {TARGET})");
        let added = Command::new("rustup").args(["target", "add", TARGET]).status();
        assert!(added.is_ok_and(|status| status.success()), "run `rustup target add {TARGET}` and try again");
    }
}
