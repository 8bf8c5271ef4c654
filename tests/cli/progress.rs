//! What is told while a run goes on, and what it cost.

use flyte_host_artifacts::{DATACLASSES_AND_STRUCTURES as EXAMPLE, FANOUT};

use crate::terminal::{COST, Terminal};

#[test]
fn the_cost_is_told_in_one_line_with_the_run() {
    let terminal = Terminal::new();
    let batch = r#"{"batch_id":"a","requests":[{"feature_a":1,"feature_b":2}]}"#;
    let chain = ["run", EXAMPLE, "process_batch", "--batch", batch, "then", "summarize_results"];
    let output = terminal.command(&chain).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let cost: Vec<&str> = told.lines().filter(|line| COST.iter().all(|part| line.contains(part))).collect();
    assert_eq!(cost.len(), 1, "{told}");
    let (runs, rest) = cost[0].split_once(": ").unwrap();
    assert!(runs.split(", ").count() == 2 && runs.split(", ").all(|id| id.len() == 20), "{told}");
    assert!(rest.starts_with("3 actions in ") && rest.contains(" each, 0 cached"), "{told}");

    let unrecorded = [&["run", "--no-history"], &chain[1..]].concat();
    let told = String::from_utf8(terminal.command(&unrecorded).output().unwrap().stderr).unwrap();
    assert!(told.starts_with("3 actions in "), "{told}");
    let quiet = [&["run", "--quiet"], &chain[1..]].concat();
    assert_eq!(terminal.command(&quiet).output().unwrap().stderr, b"");
}

/// What a terminal gets, that is one for standard error; `None` where the machine has no program that makes one.
fn on_a_terminal(terminal: &Terminal, args: &[&str]) -> Option<String> {
    let command = terminal.command(args);
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
    let words: Vec<String> = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect();
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &words.join(" "), "/dev/null"]).current_dir(terminal.path()).env("TERM", "xterm");
    for (name, value) in command.get_envs().filter(|(name, _)| *name != "TERM") {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    let output = script.stdin(std::process::Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_terminal_shows_bars_while_a_run_goes_on_and_nothing_of_them_stays() {
    let terminal = Terminal::new();
    let naps = format!("[{}]", ["300"; 12].join(","));
    let args = ["run", "--max-action-concurrency", "3", FANOUT, "naps_filtered", "--millis", &naps];
    let Some(shown) = on_a_terminal(&terminal, &args) else { return };
    assert!(shown.contains("naps_filtered") && shown.contains(" of 12, 3 running"), "{shown:?}");
    let last = shown.rsplit("\u{1b}[2K").next().unwrap();
    assert!(!last.contains('━') && last.contains("13 actions in "), "{last:?}");
    // Of those that are not shown, it says how many there are.
    let args = ["run", FANOUT, "naps_apart", "--groups", "14", "--millis", "1500"];
    let many = on_a_terminal(&terminal, &args).unwrap();
    assert!(many.contains("(group 10)") && many.contains("  and 3 more groups"), "{many:?}");
    assert!(
        !many.contains("(group 11)") && !many.rsplit("\u{1b}[2K").next().unwrap().contains("more groups"),
        "{many:?}"
    );
    // What is over sooner than that is not shown at all.
    let short = on_a_terminal(&terminal, &["run", FANOUT, "nap", "--millis", "1"]).unwrap();
    assert!(!short.contains('\u{2801}') && !short.contains("\u{1b}[2K"), "{short:?}");
}
