//! Files that are no component of tasks.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript, assert_refused};

#[test]
fn each_is_refused_by_what_it_is() {
    let unknown = r#"(component (instance $i) (export "flyte:task/task-set@2.0.0" (instance $i)))"#;
    let mut cut = wat::parse_str(unknown).unwrap();
    cut.truncate(cut.len() - 3);
    let terminal = Terminal::new()
        .file("text.wasm", "this is no component")
        .file("empty.wasm", "")
        .file("module.wasm", wat::parse_str("(module)").unwrap())
        .file("other.wasm", wat::parse_str(r#"(component (instance $i) (export "a:b/c" (instance $i)))"#).unwrap())
        .file("unknown.wasm", wat::parse_str(unknown).unwrap())
        .file("cut.wasm", cut)
        .file("lib.rs", "fn main() {}");
    std::fs::create_dir(terminal.path().join("folder")).unwrap();
    let files = [
        "missing.wasm",
        "text.wasm",
        "empty.wasm",
        "module.wasm",
        "other.wasm",
        "unknown.wasm",
        "cut.wasm",
        "lib.rs",
        "folder",
    ];
    let mut transcripts: Vec<Transcript> =
        files.iter().map(|file| terminal.run(&["run", file, "process_batch"])).collect();
    transcripts.push(terminal.run(&["run", "--with", "tasks.wasm", "tasks.wasm", "process_batch"]));
    transcripts.push(terminal.run(&["get", "task", "module.wasm"]));
    assert_refused(&transcripts);
    assert_transcripts!("files", transcripts);
}

#[test]
#[cfg(unix)]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let terminal = Terminal::new().file("secret.wasm", "");
    let secret = terminal.path().join("secret.wasm");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&secret).is_ok() {
        return; // the superuser reads everything
    }
    let transcript = terminal.run(&["run", "secret.wasm", "process_batch"]);
    assert_refused(std::slice::from_ref(&transcript));
    assert!(transcript.stderr.contains("cannot read secret.wasm"), "{transcript}");
}
