//! The ways to give a value.

use crate::terminal::Terminal;

#[test]
fn plain_text_json_and_files() {
    let terminal = Terminal::new()
        .file("value.json", "{\"label\": \"from json\"}\n")
        .file("value.yaml", "inner:\n  label: from yaml\nlist: []\nmaybe: ~\n")
        .file("note.txt", "two\nlines\n")
        .file("at.json", "\"a string\"");
    for (task, flags, expected) in [
        ("echo_string", &["--value", "ada"][..], r#""ada""#),
        ("echo_string", &["--value", r#""ada""#], r#""ada""#),
        ("echo_string", &["--value", "7"], r#""7""#),
        ("echo_string", &["--value", "null"], r#""null""#),
        ("echo_string", &["--value", ""], r#""""#),
        ("echo_string", &["--value", "then"], r#""then""#),
        ("echo_string", &["--value=--value"], r#""--value""#),
        ("echo_string", &["--value", "--odd"], r#""--odd""#),
        ("echo_string", &["--value", "@@home"], r#""@home""#),
        ("echo_string", &["--value", "@note.txt"], r#""two\nlines\n""#),
        ("echo_string", &["--value", "@at.json"], r#""a string""#),
        ("echo_string", &["--value", "naïve ☃"], r#""naïve ☃""#),
        ("echo_bool", &["--value"], "true"),
        ("echo_bool", &["--no-value"], "false"),
        ("echo_bool", &["--value", "false"], "false"),
        ("echo_bool", &["--value=true"], "true"),
        ("echo_i64", &["--value", "-5"], "-5"),
        ("echo_u64", &["--value", "18446744073709551615"], "18446744073709551615"),
        (
            "echo_u128",
            &["--value", "340282366920938463463374607431768211455"],
            "340282366920938463463374607431768211455",
        ),
        ("echo_f64", &["--value", "1"], "1.0"),
        ("echo_option", &[], "null"),
        ("echo_option", &["--value", "null"], "null"),
        ("echo_option", &["--value", "7"], "7"),
        ("echo_color", &["--value", "Green"], r#""Green""#),
        ("echo_shape", &["--value", "Point"], r#""Point""#),
        ("echo_shape", &["--value", r#"{"Circle":2}"#], r#"{"Circle":2.0}"#),
        ("echo_outer", &["--value", "@value.yaml"], r#"{"inner":{"label":"from yaml"},"list":[],"maybe":null}"#),
        (
            "echo_outer",
            &["--value", "@value.yaml", "--value.inner.label", "then some", "--value.maybe", "@value.json"],
            r#"{"inner":{"label":"then some"},"list":[],"maybe":{"label":"from json"}}"#,
        ),
        (
            "echo_outer",
            &["--value.inner", "@value.json", "--value.list", "[]"],
            r#"{"inner":{"label":"from json"},"list":[],"maybe":null}"#,
        ),
        ("echo_vec", &["--inputs", r#"{"value":[1,2]}"#], "[1,2]"),
        ("echo_vec", &["--inputs", r#"{"value":[1,2]}"#, "--value", "[3]"], "[3]"),
        ("echo_bytes", &["--value", "AAEC"], r#""AAEC""#),
        ("echo_duration", &["--value", "PT1H30M"], r#""PT1H30M""#),
    ] {
        let args = [&["run", "types.wasm", task], flags].concat();
        assert_eq!(terminal.run(&args).value(), expected, "{task} {flags:?}");
    }
}

#[test]
fn standard_input_by_either_name() {
    let terminal = Terminal::new();
    for flag in ["-", "@-"] {
        let transcript =
            terminal.run_with_input(&["run", "types.wasm", "echo_vec", "--value", flag], " [ 1,\n2 ]\n");
        assert_eq!(transcript.value(), "[1,2]");
    }
}

#[test]
fn a_terminal_gets_it_pretty_and_a_pipe_compact() {
    // `--output` decides where there is no terminal to ask.
    let terminal = Terminal::new();
    let transcript = terminal.run(&["run", "types.wasm", "echo_vec", "--value", "[ 1, 2 ]"]);
    assert_eq!(transcript.stdout, "[1,2]\n");
}
