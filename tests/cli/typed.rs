//! Components that know nothing of this host, on the command line.

use crate::assert_transcripts;
use crate::terminal::Terminal;

#[test]
fn their_functions_are_tasks_like_others() {
    let terminal = Terminal::new();
    let lines: &[&[&str]] = &[
        &["get", "task", "typed.wasm"],
        &["get", "task", "typed.wasm", "echo_shape"],
        &["get", "task", "typed.wasm", "issue"],
        &["run", "typed.wasm", "sum-all", "--numbers", "[1,2]", "--start-with", "39"],
        &["run", "typed.wasm", "echo_shape", "--shape", r#"{"polygon":[{"x":1,"y_axis":2}]}"#],
        &["run", "typed.wasm", "echo_shape", "--shape", r#"{"square":1}"#],
        &["run", "typed.wasm", "divide", "--dividend", "7", "--divisor", "2", "then", "later"],
        &["run", "typed.wasm", "divide", "--dividend", "7", "--divisor", "0"],
        &["run", "typed.wasm", "pick", "--index", "2"],
        &["run", "typed.wasm", "nan"],
        &["run", "--max-runtime", "50ms", "typed.wasm", "spin"],
        &["run", "importer.wasm", "half_of", "--number", "9", "--parts", "2"],
        &["run", "--with", "typed.wasm", "importer.wasm", "half_of", "--number", "9", "--parts", "2"],
        &["run", "--with", "typed.wasm", "importer.wasm", "half_of", "--number", "9", "--parts", "0"],
    ];
    let transcripts: Vec<_> = lines.iter().map(|line| terminal.run(line)).collect();
    assert_transcripts!("typed", transcripts);
}
