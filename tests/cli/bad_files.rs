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
#[cfg(target_os = "linux")]
fn a_file_that_can_be_opened_but_not_read_is_named() {
    // Not even the superuser can read the first page of its memory.
    let terminal = Terminal::new();
    let transcripts = [
        terminal.run(&["run", "/proc/self/mem", "process_batch"]),
        terminal.run(&["run", "tasks.wasm", "process_batch", "--batch", "@/proc/self/mem"]),
    ];
    assert_refused(&transcripts);
    assert!(transcripts.iter().all(|t| t.stderr.contains("cannot read /proc/self/mem")), "{}", transcripts[0]);
}
