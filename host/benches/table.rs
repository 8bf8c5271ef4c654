//! What a host costs, as one table: every figure beside what wasmtime, serde_json or a copy of memory take for the same
//! in the same run.
//!
//! `cargo bench -p flyte-host --bench table` prints all of it; `-- CASE…` some cases, `-- --list` their names. With
//! `-- --json` or `-- --markdown` it is printed as that.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a table for people; what is not expected stops it")]
#![expect(clippy::print_stderr, reason = "the table is data")]

mod support;

use std::env;
use std::process::{Command, ExitCode, Stdio};

use support::cases::CASES;
use support::print;
use support::row::Row;

/// The argument of the process that measures one case.
const MEASURE: &str = "--measure";

fn main() -> ExitCode {
    // Cargo's own argument comes along.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, case] = &arguments[..]
        && flag == MEASURE
    {
        measure(case);
        return ExitCode::SUCCESS;
    }
    let (flags, names): (Vec<_>, Vec<_>) =
        arguments.iter().map(String::as_str).partition(|text| text.starts_with('-'));
    let unknown_flag = flags.iter().find(|flag| !["--json", "--markdown", "--list"].contains(flag));
    let unknown_name = names.iter().find(|name| CASES.iter().all(|(case, _)| case != *name));
    if let Some(unknown) = unknown_flag.or(unknown_name) {
        eprintln!("error: `{unknown}` is no case and no option; there are --json, --markdown and --list");
        return ExitCode::from(2);
    }
    let chosen = CASES.iter().map(|(name, _)| *name).filter(|name| names.is_empty() || names.contains(name));
    if flags.contains(&"--list") {
        chosen.for_each(|name| println!("{name}"));
        return ExitCode::SUCCESS;
    }
    let rows: Vec<Row> = chosen.flat_map(in_its_own_process).collect();
    if flags.contains(&"--json") {
        println!("{}", serde_json::to_string_pretty(&rows).unwrap());
    } else if flags.contains(&"--markdown") {
        print!("{}", print::markdown(&rows));
    } else {
        print!("{}", print::aligned(&rows));
    }
    ExitCode::SUCCESS
}

/// Measures a case and prints its rows, for the process that asked.
fn measure(case: &str) {
    let (_, rows) = CASES.iter().find(|(name, _)| *name == case).unwrap();
    println!("{}", serde_json::to_string(&rows()).unwrap());
}

fn in_its_own_process(case: &str) -> Vec<Row> {
    eprintln!("measuring: {case}");
    let mut command = Command::new(env::current_exe().unwrap());
    // wasmtime makes an error for each Store that is dropped, and where RUST_BACKTRACE is set the standard library walks
    // the stack for each: a third of what a call takes.
    command.env("RUST_LIB_BACKTRACE", "0");
    let measured = command.args([MEASURE, case]).stderr(Stdio::inherit()).output().unwrap();
    match measured.status.success() {
        true => serde_json::from_slice(&measured.stdout).unwrap(),
        false => vec![Row::missing(case, measured.status.to_string())],
    }
}
