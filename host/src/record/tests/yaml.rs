//! YAML documents as JSON.

use crate::record::Json;

fn yaml(text: &str) -> String {
    match Json::from_yaml(text) {
        Ok(json) => json.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn what_json_can_say_is_taken() {
    let cases = [
        ("a: 1\nb: [x, 'y', \"z\"]\nc: {d: null, e: ~}\n", r#"{"a":1,"b":["x","y","z"],"c":{"d":null,"e":null}}"#),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("[yes, no, on, true, False]", r#"["yes","no","on",true,false]"#),
        ("[0755, 1_000, 0x1F, 0o17]", r#"["0755","1_000",31,15]"#),
        ("[1.5, -0.25, 1e300, .5]", "[1.5,-0.25,1e300,0.5]"),
        ("2025-01-31", r#""2025-01-31""#),
        ("|\n  two\n  lines\n", r#""two\nlines\n""#),
        ("a: &x {k: 1}\nb: *x\n", r#"{"a":{"k":1},"b":{"k":1}}"#),
        ("base: &b {k: 1, l: 2}\nc:\n  <<: *b\n  k: 3\n", r#"{"base":{"k":1,"l":2},"c":{"k":3,"l":2}}"#),
        ("\"1\": one", r#"{"1":"one"}"#),
        ("!!str 1", r#""1""#),
        ("{\"json\": [1, {\"too\": true}]}", r#"{"json":[1,{"too":true}]}"#),
    ];
    for (text, expected) in cases {
        assert_eq!(yaml(text), expected, "{text}");
    }
}

#[test]
fn what_json_cannot_say_is_refused() {
    let bomb: String = std::iter::once("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned())
        .chain((1..9).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "))))
        .collect();
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), vec!["*a"; 2000].join(", "));
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let texts = [
        "a: 1\na: 2",
        "a: .nan",
        "a: -.inf",
        "1: x",
        "true: x",
        "null: x",
        "[1]: x",
        "a: !custom x",
        "a: [1",
        "a: b: c",
        "a: 1\n---\nb: 2",
        "18446744073709551616",
        "a:\n\t- b",
        "&a [*a]",
        "a: *missing",
        &bomb,
        &long,
        &deep,
    ];
    let said: Vec<String> = texts
        .iter()
        .map(|text| format!("{:?}: {}", text.chars().take(20).collect::<String>(), yaml(text)))
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    "a: 1\na: 2": error: unusable YAML at line 2, column 1: duplicate mapping key `a` is not allowed here
    "a: .nan": error: unusable YAML at line 1, column 4: JSON has neither NaN nor infinities
    "a: -.inf": error: unusable YAML at line 1, column 4: JSON has neither NaN nor infinities
    "1: x": error: unusable YAML at line 1, column 1: the key 1 is no string; quote it
    "true: x": error: unusable YAML at line 1, column 1: the key true is no string; quote it
    "null: x": error: unusable YAML at line 1, column 1: the key null is no string; quote it
    "[1]: x": error: unusable YAML at line 1, column 1: a list is no key in JSON
    "a: !custom x": error: unusable YAML at line 1, column 12: unsupported tag `!custom`
    "a: [1": error: unusable YAML at line 1, column 4: unclosed bracket '['
    "a: b: c": error: unusable YAML at line 1, column 5: mapping values are not allowed in this context
    "a: 1\n---\nb: 2": error: unusable YAML at line 3, column 1: only single YAML document expected but multiple found
    "18446744073709551616": error: unusable YAML: whole numbers beyond 64 bits are not read exactly from YAML; give them as JSON
    "a:\n\t- b": error: unusable YAML at line 2, column 2: tabs disallowed within this context (block indentation)
    "&a [*a]": error: unusable YAML at line 1, column 5: Recursive reference not allowed here
    "a: *missing": error: unusable YAML at line 1, column 4: reference to unknown value
    "a0: &a0 [x, x, x, x,": error: unusable YAML at line 6, column 45: YAML document too large or too complex
    "a: &a xxxxxxxxxxxxxx": error: unusable YAML at line 2, column 2685: YAML document too large or too complex
    "[[[[[[[[[[[[[[[[[[[[": error: unusable YAML at line 1, column 65: nested more than 64 deep
    "#);
}
