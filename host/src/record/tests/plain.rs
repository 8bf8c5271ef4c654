//! Values as they are written on a command line.

use crate::record::plain;
use crate::record::tests::schema;

fn read(schema_text: &str, text: &str) -> String {
    match plain::read(&schema(schema_text), text) {
        Ok(json) => json.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn each_type_is_read_its_own_way() {
    let string = r#"{"type":"string"}"#;
    let maybe = r#"{"type":["string","null"]}"#;
    let names = r#"{"enum":["red","green","null"]}"#;
    let shape = r#"{"oneOf":[{"type":"string","enum":["Dot","Line"]},
        {"type":"object","properties":{"Circle":{"type":"number"}},"required":["Circle"],"additionalProperties":false}]}"#;
    let mixed = r#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#;
    let record = r#"{"type":"object","properties":{"a":{}}}"#;
    let cases = [
        (string, "ada", r#""ada""#),
        (string, r#""ada""#, r#""ada""#),
        (string, r#"ada "b""#, r#""ada \"b\"""#),
        (string, "\"", r#""\"""#),
        (string, r#"say "b""#, r#""say \"b\"""#),
        (
            string,
            r#""\ud800""#,
            "error: malformed JSON at line 1, column 2: expected a whole surrogate pair, found `\\`",
        ),
        (string, "", r#""""#),
        (string, "null", r#""null""#),
        (string, "5", r#""5""#),
        (maybe, "null", "null"),
        (maybe, r#""null""#, r#""null""#),
        (maybe, "ada", r#""ada""#),
        (r#"{"type":"string","format":"date"}"#, "2025-01-31", r#""2025-01-31""#),
        (r#"{"type":"integer"}"#, "5", "5"),
        (r#"{"type":"integer"}"#, "-5", "-5"),
        (r#"{"type":"integer"}"#, "18446744073709551616", "18446744073709551616"),
        (r#"{"type":"integer"}"#, "1_000", "error: expected an integer, got `1_000`"),
        (r#"{"type":"number"}"#, "1.50", "1.50"),
        (r#"{"type":"number"}"#, "x", "error: expected a number, got `x`"),
        (r#"{"type":"number"}"#, r#""1""#, r#"error: expected a number, got `"1"`"#),
        (r#"{"type":["number","null"]}"#, "null", "null"),
        (r#"{"type":"boolean"}"#, "true", "true"),
        (r#"{"type":"boolean"}"#, "yes", "error: expected `true` or `false`, got `yes`"),
        (names, "red", r#""red""#),
        (names, r#""red""#, r#""red""#),
        (names, "gren", "error: `gren` is not one of `red`, `green`, `null`; did you mean `green`?"),
        (shape, "Dot", r#""Dot""#),
        (shape, r#""Dot""#, r#""Dot""#),
        (shape, r#"{"Circle":1}"#, r#"{"Circle":1}"#),
        (shape, "Circ", r#""Circ""#),
        (
            shape,
            r#"{"Circle":"#,
            "error: malformed JSON at line 1, column 11: expected a value, found the end of the text",
        ),
        (mixed, "5", "5"),
        (mixed, "ada", r#""ada""#),
        (mixed, r#""5""#, r#""5""#),
        (record, r#"{ "a": 1.0 }"#, r#"{ "a": 1.0 }"#),
        (
            record,
            "{a: 1}",
            "error: malformed JSON at line 1, column 2: expected a key in double quotes or `}`, found `a`",
        ),
        ("true", "[1]", "[1]"),
        (
            "true",
            "ada",
            "error: `ada` is not JSON, and nothing tells what else it could be; a string needs double quotes: '\"ada\"'",
        ),
    ];
    for (schema, text, expected) in cases {
        assert_eq!(read(schema, text), expected, "{schema} {text}");
    }
}
