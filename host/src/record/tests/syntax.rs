//! Malformed text: what is said, and where the caret stands.

use crate::record::{Json, SyntaxError};

fn error(text: &str) -> SyntaxError {
    Json::parse(text).expect_err(text)
}

#[test]
fn messages() {
    let texts = [
        "",
        "  ",
        "nul",
        "tru e",
        "True",
        "NaN",
        "-Infinity",
        "'a'",
        "[1,]",
        "[1 2]",
        "[",
        "{",
        "{]",
        r#"{"a"}"#,
        r#"{"a" 1}"#,
        r#"{"a":}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":1,}"#,
        r#"{"a":1,b:2}"#,
        "{1:2}",
        "01",
        "-",
        "1.",
        "1e",
        "+1",
        ".5",
        "1_000",
        "0x10",
        r#""abc"#,
        "\"a\nb\"",
        r#""\x""#,
        r#""\u12g4""#,
        r#""\ud800""#,
        r#""\ud800\u0041""#,
        "1 2",
        "\u{feff}1",
        "[1]]",
        "// no",
        "\u{1}",
    ];
    let said: Vec<String> = texts.iter().map(|text| format!("{text:?}: {}", error(text))).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    "": malformed JSON at line 1, column 1: expected a value, found the end of the text
    "  ": malformed JSON at line 1, column 3: expected a value, found the end of the text
    "nul": malformed JSON at line 1, column 1: expected a value, found `nul`
    "tru e": malformed JSON at line 1, column 1: expected a value, found `tru`
    "True": malformed JSON at line 1, column 1: expected a value, found `True`; JSON writes `true`, `false` and `null`
    "NaN": malformed JSON at line 1, column 1: expected a value, found `NaN`; JSON has neither NaN nor infinities
    "-Infinity": malformed JSON at line 1, column 2: expected a digit, found `Infinity`
    "'a'": malformed JSON at line 1, column 1: expected a value, found `'`; strings take double quotes
    "[1,]": malformed JSON at line 1, column 3: a comma before `]`, where another item should follow
    "[1 2]": malformed JSON at line 1, column 4: expected `,` or `]`, found `2`
    "[": malformed JSON at line 1, column 2: expected a value, found the end of the text
    "{": malformed JSON at line 1, column 2: expected a key in double quotes or `}`, found the end of the text
    "{]": malformed JSON at line 1, column 2: expected a key in double quotes or `}`, found `]`
    "{\"a\"}": malformed JSON at line 1, column 5: expected `:`, found `}`
    "{\"a\" 1}": malformed JSON at line 1, column 6: expected `:`, found `1`
    "{\"a\":}": malformed JSON at line 1, column 6: expected a value, found `}`
    "{\"a\":1 \"b\":2}": malformed JSON at line 1, column 8: expected `,` or `}`, found `"`
    "{\"a\":1,}": malformed JSON at line 1, column 7: a comma before `}`, where another key should follow
    "{\"a\":1,b:2}": malformed JSON at line 1, column 8: expected a key in double quotes, found `b`
    "{1:2}": malformed JSON at line 1, column 2: expected a key in double quotes or `}`, found `1`
    "01": malformed JSON at line 1, column 1: expected a number without leading zeros, found `01`
    "-": malformed JSON at line 1, column 2: expected a digit, found the end of the text
    "1.": malformed JSON at line 1, column 3: expected a digit after the point, found the end of the text
    "1e": malformed JSON at line 1, column 3: expected a digit of the exponent, found the end of the text
    "+1": malformed JSON at line 1, column 1: expected a value, found `+`
    ".5": malformed JSON at line 1, column 1: expected a value, found `.`
    "1_000": malformed JSON at line 1, column 2: expected the end of the text, found `_000`
    "0x10": malformed JSON at line 1, column 2: expected the end of the text, found `x10`
    "\"abc": malformed JSON at line 1, column 5: expected `"`, found the end of the text
    "\"a\nb\"": malformed JSON at line 1, column 3: expected `"` or an escape such as `\n`, found a line break
    "\"\\x\"": malformed JSON at line 1, column 3: expected one of `"\/bfnrtu` after a backslash, found `x`
    "\"\\u12g4\"": malformed JSON at line 1, column 6: expected four hexadecimal digits after `\u`, found `g4`
    "\"\\ud800\"": malformed JSON at line 1, column 2: expected a whole surrogate pair, found `\`
    "\"\\ud800\\u0041\"": malformed JSON at line 1, column 2: expected a whole surrogate pair, found `\`
    "1 2": malformed JSON at line 1, column 3: expected the end of the text, found `2`
    "\u{feff}1": malformed JSON at line 1, column 1: expected a value, found a byte order mark
    "[1]]": malformed JSON at line 1, column 4: expected the end of the text, found `]`
    "// no": malformed JSON at line 1, column 1: expected a value, found `/`
    "\u{1}": malformed JSON at line 1, column 1: expected a value, found the control character U+0001
    "#);
}

#[test]
fn the_caret_stands_under_the_place() {
    let line = |before: &str| format!("{before}!");
    let cases = [
        line("[1,\n 2,\n\t"),
        line("[\"日本語\", "),
        line("[\"e\u{301}\", "),
        line("[\"😀\", "),
        line(&format!("[\"{}\", ", "x".repeat(100))),
        format!("[!{}]", ",1".repeat(100)),
        format!("[\"{}\", !{}]", "x".repeat(100), ",1".repeat(100)),
        "[\"\u{202e}\", !]".to_owned(),
        "[1,\r\n!\r\n]".to_owned(),
    ];
    let drawn: Vec<String> = cases
        .iter()
        .map(|text| {
            let error = error(text);
            format!("{}:{}\n{}", error.line(), error.column(), error.snippet().expect("a line to show"))
        })
        .collect();
    insta::assert_snapshot!(drawn.join("\n"), @r#"
    3:2
     !
     ^
    1:9
    ["日本語", !
               ^
    1:8
    ["é", !
          ^
    1:7
    ["😀", !
           ^
    1:106
    …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", !
                                                              ^
    1:2
    [!,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1…
     ^
    1:106
    …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", !,1,1,1,1,1,1,1,1,1…
                                                              ^
    1:7
    ["�", !]
          ^
    2:1
    !
    ^
    "#);
}

#[test]
fn an_error_at_the_end_of_a_blank_line_shows_nothing() {
    assert_eq!(error("").snippet(), None);
    assert_eq!(error("[1,\n").snippet(), None);
}
