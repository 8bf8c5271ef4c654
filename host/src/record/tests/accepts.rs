//! Which type feeds which.

use crate::record::Fit;
use crate::record::tests::schema;

const RECORD: &str = r#"{"title":"R","type":"object","properties":{"a":{"type":"integer","format":"int64"}},"required":["a"],"additionalProperties":false}"#;

/// What is said of values of `source` where `wanted` is asked for: `yes`, `perhaps` or the mismatch.
fn fit(wanted: &str, source: &str) -> String {
    match schema(wanted).fit(&schema(source)) {
        Fit::Yes => "yes".to_owned(),
        Fit::Perhaps => "perhaps".to_owned(),
        Fit::No(mismatch) => mismatch.to_string(),
    }
}

#[test]
fn the_matrix() {
    let int = r#"{"type":"integer"}"#;
    let number = r#"{"type":"number"}"#;
    let double = r#"{"type":"number","format":"double"}"#;
    let float = r#"{"type":"number","format":"float"}"#;
    let string = r#"{"type":"string"}"#;
    let int64 = r#"{"type":"integer","format":"int64"}"#;
    let uint8 = r#"{"type":"integer","format":"uint8"}"#;
    let maybe = r#"{"type":["string","null"]}"#;
    let colors = r#"{"title":"Color","enum":["red","green"]}"#;
    let more = r#"{"title":"Shade","enum":["red","green","blue"]}"#;
    let date = r#"{"type":"string","format":"date"}"#;
    let time = r#"{"type":"string","format":"date-time"}"#;
    let ints = r#"{"type":"array","items":{"type":"integer"}}"#;
    let three = r#"{"type":"array","items":{"type":"integer"},"minItems":3,"maxItems":3}"#;
    let pair = r#"{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"minItems":2,"maxItems":2}"#;
    let map = r#"{"type":"object","additionalProperties":{"type":"integer"}}"#;
    let untagged = r#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#;
    let rows = [
        (string, string, "yes"),
        (number, int, "yes"),
        (int, number, "a number does not fit an integer"),
        (int, string, "a string does not fit an integer"),
        (int64, uint8, "yes"),
        (uint8, int64, "integer (int64) does not fit integer (uint8)"),
        (uint8, int, "perhaps"),
        (r#"{"type":"integer","format":"uint8","minimum":1}"#, uint8, "perhaps"),
        (
            r#"{"type":"integer","minimum":5}"#,
            r#"{"type":"integer","maximum":4}"#,
            "integer (at most 4) does not fit integer (at least 5)",
        ),
        (double, int64, "yes"),
        (double, float, "yes"),
        (float, double, "perhaps"),
        (maybe, string, "yes"),
        (string, maybe, "a string or null does not fit a string"),
        (int, maybe, "a string does not fit an integer"),
        (maybe, maybe, "yes"),
        (more, colors, "yes"),
        (colors, more, "`blue` does not fit Color (one of red, green)"),
        (string, colors, "yes"),
        (colors, string, "perhaps"),
        (colors, int, "an integer does not fit Color (one of red, green)"),
        (date, string, "perhaps"),
        (string, date, "yes"),
        (date, time, "string (date-time) does not fit string (date)"),
        (ints, three, "yes"),
        (three, ints, "perhaps"),
        (pair, three, "an array of 3 items does not fit one of 2 items"),
        (pair, ints, "[1]: an integer does not fit a string"),
        (r#"{"type":"array","items":{"type":"string"}}"#, ints, "[*]: an integer does not fit a string"),
        (map, map, "yes"),
        (map, RECORD, "yes"),
        (RECORD, map, "perhaps"),
        (RECORD, RECORD, "yes"),
        ("true", RECORD, "yes"),
        (RECORD, "true", "perhaps"),
        (untagged, string, "yes"),
        (string, untagged, "perhaps"),
        (untagged, r#"{"type":"boolean"}"#, "true or false does not fit a string or an integer"),
        (r#"{"type":"boolean"}"#, untagged, "a string or an integer does not fit true or false"),
        (
            RECORD,
            r#"{"title":"S","type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#,
            "a: a string does not fit an integer",
        ),
        (
            RECORD,
            r#"{"title":"S","type":"object","properties":{"a":{"type":"integer","format":"int8"}}}"#,
            "a: optional in S, required in R",
        ),
        (
            RECORD,
            r#"{"title":"S","type":"object","properties":{"b":{"type":"integer"}},"required":["b"]}"#,
            "a: missing in S",
        ),
        (
            RECORD,
            r#"{"title":"S","type":"object","properties":{"a":{"type":"integer","format":"int8"},"b":{}},"required":["a"]}"#,
            "b: R has no such field",
        ),
    ];
    let mut wrong = Vec::new();
    for (wanted, source, expected) in rows {
        let said = fit(wanted, source);
        if said != expected {
            wrong.push(format!("{wanted} <- {source}\n  expected: {expected}\n  said:     {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_difference_has_a_path() {
    let wanted = r##"{"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/$defs/P"}}},
        "$defs":{"P":{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"]}}}"##;
    let source = wanted.replace(r#""x":{"type":"integer"}"#, r#""x":{"type":"string"}"#);
    assert_eq!(fit(wanted, &source), "items[*].x: a string does not fit an integer");
    let mismatch = schema(wanted).accepts(&schema(&source)).unwrap_err().within("summary");
    assert_eq!(mismatch.to_string(), "summary.items[*].x: a string does not fit an integer");
    assert_eq!((mismatch.source_type.as_str(), mismatch.wanted_type.as_str()), ("string", "integer"));
}

#[test]
fn recursive_types_are_compared_to_the_end() {
    let tree = |value: &str| {
        format!(
            r##"{{"title":"Tree","type":"object","properties":{{"kids":{{"type":"array","items":{{"$ref":"#"}}}},"v":{{"type":"{value}"}}}},"required":["v"]}}"##
        )
    };
    assert_eq!(fit(&tree("number"), &tree("integer")), "yes");
    assert_eq!(fit(&tree("integer"), &tree("string")), "v: a string does not fit an integer");
    // The same values, described by two definitions that take turns.
    let turns = r##"{"$ref":"#/$defs/A","$defs":{
        "A":{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#/$defs/B"}},"v":{"type":"integer"}},"required":["v"]},
        "B":{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#/$defs/A"}},"v":{"type":"integer"}},"required":["v"]}}}"##;
    assert_eq!(fit(&tree("integer"), turns), "yes");
    assert_eq!(fit(turns, &tree("integer")), "yes");
}

#[test]
fn an_assumption_that_fails_is_forgotten() {
    // While A is compared, B is found to fit on the assumption that A does; A does not, and then neither does B.
    let wanted = r##"{"type":"object","properties":{"u":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"null"}]},"b":{"$ref":"#/$defs/B"}},
        "$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/B"},"x":{"type":"integer"}}},
                 "B":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}}}}}"##;
    let source = r##"{"type":"object","properties":{"b":{"$ref":"#/$defs/B"}},
        "$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/B"},"x":{"type":"string"}}},
                 "B":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}}}}}"##;
    assert_eq!(fit(wanted, source), "b.a.x: a string does not fit an integer");
    let both = source.replacen(
        r##""b":{"$ref":"#/$defs/B"}"##,
        r##""u":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/B"}"##,
        1,
    );
    assert_eq!(fit(wanted, &both), "u.x: a string does not fit an integer");
}

#[test]
fn tagged_enums() {
    let shape = |variants: &[&str]| {
        let variants: Vec<String> = variants
            .iter()
            .map(|name| {
                format!(r#"{{"type":"object","properties":{{"{name}":{{"type":"number"}}}},"required":["{name}"],"additionalProperties":false}}"#)
            })
            .collect();
        format!(r#"{{"title":"Shape","oneOf":[{}]}}"#, variants.join(","))
    };
    assert_eq!(fit(&shape(&["Circle", "Square"]), &shape(&["Circle", "Square"])), "yes");
    assert_eq!(fit(&shape(&["Circle", "Square", "Line"]), &shape(&["Circle", "Square"])), "yes");
    assert!(fit(&shape(&["Circle", "Square"]), &shape(&["Circle", "Line"])).contains("does not fit"));
}
