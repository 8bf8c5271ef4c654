//! Output streams and progress.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is what the guest is for")]

use std::io::Write;

use flyte_guest::{progress, task};

/// Writes to both streams, the last line without an end.
#[task]
fn speaks(name: String) -> String {
    println!("hello {name}");
    eprintln!("careful, {name}");
    print!("no end");
    let _ = std::io::stdout().flush();
    name
}

/// Tells its progress.
#[task]
fn advances() {
    for step in 1..=4u8 {
        progress(&format!("step {step}"), Some(f64::from(step) / 4.0));
    }
}

flyte_guest::export!(speaks, advances);
