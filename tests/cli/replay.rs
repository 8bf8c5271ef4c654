//! Runs that are exported, and actions of them that are run again elsewhere.

use crate::terminal::{Terminal, assert_refused};

/// A directory with a file of a run whose second child failed, as did the run.
fn exported(more: &[&str]) -> Terminal {
    let terminal = Terminal::new();
    std::fs::create_dir(terminal.path().join("state")).unwrap();
    let terminal = terminal.file("state/broken", "0");
    let run = terminal.run(&["run", "--allow-read", "state:/state", "resumed.wasm", "chain", "--depth", "1"]);
    assert_eq!(run.code, Some(1), "{run}");
    let exported = terminal.run(&[&["get", "run", "latest", "--export", "run.flyte"], more].concat());
    assert_eq!(
        (exported.code, exported.stdout.as_str(), exported.stderr.as_str()),
        (Some(0), "", ""),
        "{exported}"
    );
    // Elsewhere there is neither the component nor the history.
    std::fs::rename(terminal.path().join("resumed.wasm"), terminal.path().join("elsewhere.wasm")).unwrap();
    std::fs::remove_dir_all(terminal.path().join("runs")).unwrap();
    terminal
}

#[test]
fn the_same_failure_is_shown_elsewhere() {
    let terminal = exported(&[]);
    let same = terminal.run(&["replay", "run.flyte", "--allow-read", "state:/state"]);
    assert_eq!(same.code, Some(0), "{same}");
    assert!(same.value().contains(r#""action":"a3","task":"fragile","same":true,"recorded":{"#), "{same}");
    assert!(same.value().contains("0 is broken"), "{same}");
    // Its parent fails as it did, whatever the child would do now.
    std::fs::remove_file(terminal.path().join("state/broken")).unwrap();
    let parent = terminal.run(&["replay", "run.flyte", "--action", "a0", "--allow-read", "state:/state"]);
    assert!(parent.code == Some(0) && parent.value().contains(r#""same":true"#), "{parent}");
    let mended = terminal.run(&["replay", "run.flyte", "--allow-read", "state:/state"]);
    assert_eq!(mended.code, Some(6), "{mended}");
    assert!(mended.stderr.contains("`fragile` (a3) does not fail here"), "{mended}");
    let without = terminal.run(&["replay", "run.flyte"]);
    assert!(without.code == Some(6) && without.stderr.contains("now:  denied: read /state"), "{without}");
}

#[test]
fn a_component_that_is_left_out_is_given_and_has_to_be_the_one() {
    let terminal = exported(&["--without-component"]);
    let replay =
        |more: &[&str]| terminal.run(&[&["replay", "run.flyte", "--allow-read", "state:/state"], more].concat());
    let (missing, other) = (replay(&[]), replay(&["--component", "types.wasm"]));
    assert!(missing.stderr.contains("does not have the component resumed.wasm"), "{missing}");
    assert!(other.stderr.contains("types.wasm is no component that the run ran"), "{other}");
    assert_refused(&[missing, other]);
    let twice = replay(&["--component", "elsewhere.wasm", "--component", "elsewhere.wasm"]);
    assert!(twice.stderr.contains("elsewhere.wasm is given twice"), "{twice}");
    assert_refused(&[twice]);
    assert_eq!(replay(&["--component", "elsewhere.wasm"]).code, Some(0));
}

#[test]
fn a_component_that_the_file_has_is_not_given() {
    let terminal = exported(&[]);
    let given = terminal.run(&["replay", "run.flyte", "--component", "elsewhere.wasm"]);
    assert!(given.stderr.contains("error: elsewhere.wasm is in the file already"), "{given}");
    assert_refused(&[given]);
}

#[test]
fn a_run_is_exported_to_a_new_file() {
    let terminal = Terminal::new().file("old", "kept");
    let run = terminal.run(&["run", "faults.wasm", "fails", "--message", "no"]);
    assert_eq!(run.code, Some(1), "{run}");
    let export = |file: &str| terminal.run(&["get", "run", "latest", "--export", file]);
    let (exists, stream) = (export("old"), export("-"));
    assert!(exists.stderr.contains("error: old exists already"), "{exists}");
    assert!(exists.stderr.contains("name another"), "{exists}");
    assert!(stream.stderr.contains("not to standard output"), "{stream}");
    assert_refused(&[exists, stream]);
    assert_eq!(std::fs::read(terminal.path().join("old")).unwrap(), b"kept");
}

#[test]
fn what_is_no_file_of_ours_is_refused_by_name() {
    let terminal = exported(&[]);
    let whole = std::fs::read(terminal.path().join("run.flyte")).unwrap();
    let mut newer = whole.clone();
    newer[8] = 9;
    let terminal = terminal.file("cut", &whole[..whole.len() / 2]).file("newer", newer).file("foreign", "hello");
    let refused = |file: &str, why: &str| {
        let refused = terminal.run(&["replay", file]);
        assert!(refused.stderr.contains(&format!("error: {file}: {why}")), "{refused}");
        refused
    };
    assert_refused(&[
        refused("cut", "it is cut short"),
        refused("newer", "a newer flyte-host wrote it"),
        refused("foreign", "it is no exported run"),
        terminal.run(&["replay", "nowhere"]),
        terminal.run(&["replay", "run.flyte", "--action", "a1"]),
    ]);
}

#[test]
fn a_file_that_wants_more_than_there_is_does_not_get_it() {
    let terminal = Terminal::new();
    let run = terminal.run(&["run", "--max-memory", "257MiB", "faults.wasm", "hoards"]);
    assert_eq!(run.code, Some(4), "{run}");
    let exported = terminal.run(&["get", "run", "latest", "--export", "run.flyte"]);
    assert_eq!(exported.code, Some(0), "{exported}");
    let usual = terminal.run(&["replay", "run.flyte"]);
    assert!(usual.code == Some(6) && usual.stderr.contains("more than 268435456;"), "{usual}");
    let raised = terminal.run(&["replay", "run.flyte", "--max-memory", "1GiB"]);
    assert_eq!(raised.code, Some(0), "the file's own is the smaller one: {raised}");
}
