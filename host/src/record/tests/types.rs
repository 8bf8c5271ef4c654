//! Every type a schema can ask for: what conforms and what does not.

use crate::record::tests::{report, schema, table};

#[test]
fn integers_are_exact_and_in_range() {
    table(&[
        (r#"{"type":"integer","format":"uint8"}"#, "255", ""),
        (r#"{"type":"integer","format":"uint8"}"#, "300", "300 is out of range for uint8 (0 to 255)"),
        (r#"{"type":"integer","format":"uint8"}"#, "-1", "-1 is out of range for uint8 (0 to 255)"),
        (
            r#"{"type":"integer","format":"uint8","minimum":1,"maximum":255}"#,
            "0",
            "0 is out of range for uint8 (1 to 255)",
        ),
        (r#"{"type":"integer","format":"int64"}"#, "9223372036854775807", ""),
        (r#"{"type":"integer","format":"int64"}"#, "-9223372036854775808", ""),
        (
            r#"{"type":"integer","format":"int64"}"#,
            "9223372036854775808",
            "9223372036854775808 is out of range for int64 (-9223372036854775808 to 9223372036854775807)",
        ),
        (r#"{"type":"integer","format":"uint64"}"#, "18446744073709551615", ""),
        (
            r#"{"type":"integer","format":"uint64"}"#,
            "18446744073709551616",
            "18446744073709551616 is out of range for uint64 (0 to 18446744073709551615)",
        ),
        (r#"{"type":"integer","format":"uint128"}"#, "340282366920938463463374607431768211455", ""),
        (
            r#"{"type":"integer","format":"uint128"}"#,
            "340282366920938463463374607431768211456",
            "340282366920938463463374607431768211456 is out of range for uint128 \
             (0 to 340282366920938463463374607431768211455)",
        ),
        (r#"{"type":"integer","format":"int128"}"#, "-170141183460469231731687303715884105728", ""),
        (r#"{"type":"integer"}"#, "123456789012345678901234567890123456789012345678901234567890", ""),
        (r#"{"type":"integer"}"#, "1.0", "expected an integer, got 1.0"),
        (r#"{"type":"integer"}"#, "1e2", "expected an integer, got 1e2"),
        (r#"{"type":"integer"}"#, r#""1""#, r#"expected an integer, got the string "1""#),
        (r#"{"type":"integer"}"#, "-0", "expected an integer, got -0"),
    ]);
}

#[test]
fn numbers() {
    table(&[
        (r#"{"type":"number"}"#, "1", ""),
        (r#"{"type":"number"}"#, "-1.5e-3", ""),
        (r#"{"type":"number"}"#, "1e400", "1e400 is out of range for double"),
        (r#"{"type":"number","format":"double"}"#, "1.7976931348623157e308", ""),
        (r#"{"type":"number","format":"double"}"#, "1e-999999999999999999999", ""),
        (r#"{"type":"number","format":"float"}"#, "3.4028235e38", ""),
        (r#"{"type":"number","format":"float"}"#, "3.5e38", "3.5e38 is out of range for float"),
        (r#"{"type":"number","minimum":0.1,"exclusiveMaximum":1}"#, "0.1", ""),
        (
            r#"{"type":"number","minimum":0.1,"exclusiveMaximum":1}"#,
            "1",
            "1 is out of range (at least 0.1, less than 1)",
        ),
        (
            r#"{"type":"number","minimum":0.1}"#,
            "0.09999999999999999999999",
            "0.09999999999999999999999 is out of range (at least 0.1)",
        ),
        (r#"{"type":"number","multipleOf":0.01}"#, "19.99", ""),
        (r#"{"type":"number","multipleOf":0.01}"#, "1e300", ""),
        (r#"{"type":"number","multipleOf":0.01}"#, "0.001", "0.001 is not a multiple of 0.01"),
        (r#"{"type":"integer","multipleOf":3}"#, "9", ""),
        (r#"{"type":"integer","multipleOf":3}"#, "10", "10 is not a multiple of 3"),
        (r#"{"type":["number","integer"]}"#, "1.5", ""),
    ]);
}

#[test]
fn strings_and_their_formats() {
    table(&[
        (r#"{"type":"string","minLength":1,"maxLength":1}"#, r#""ä""#, ""),
        (r#"{"type":"string","minLength":1,"maxLength":1}"#, r#""\ud83d\ude00""#, ""),
        (r#"{"type":"string","minLength":1,"maxLength":1}"#, r#""ab""#, "expected 1 character, got 2"),
        (r#"{"type":"string","maxLength":2}"#, r#""äöü""#, "expected at most 2 characters, got 3"),
        (r#"{"type":"string","format":"date-time"}"#, r#""2025-01-31T09:30:00.123456789Z""#, ""),
        (r#"{"type":"string","format":"date-time"}"#, r#""2025-01-31T09:30:00+01:00""#, ""),
        (r#"{"type":"string","format":"zoned-date-time"}"#, r#""2025-01-31T09:30:00+01:00[Europe/Berlin]""#, ""),
        (r#"{"type":"string","format":"partial-date-time"}"#, r#""2025-01-31T09:30:00""#, ""),
        (
            r#"{"type":"string","format":"date-time"}"#,
            r#""tomorrow""#,
            r#"expected a date-time such as `2025-01-31T09:30:00Z`, got the string "tomorrow""#,
        ),
        (
            r#"{"type":"string","format":"date"}"#,
            r#""2025-13-01""#,
            r#"expected a date such as `2025-01-31`, got the string "2025-13-01""#,
        ),
        (r#"{"type":"string","format":"time"}"#, r#""23:59:60""#, ""),
        (r#"{"type":"string","format":"duration"}"#, r#""PT1H30M""#, ""),
        (r#"{"type":"string","format":"duration"}"#, r#""-P1Y2M3W4DT5H6M7.89S""#, ""),
        (
            r#"{"type":"string","format":"duration"}"#,
            r#""1h""#,
            r#"expected an ISO 8601 duration such as `PT1H30M`, got the string "1h""#,
        ),
        (
            r#"{"type":"string","format":"duration"}"#,
            r#""PT""#,
            r#"expected an ISO 8601 duration such as `PT1H30M`, got the string "PT""#,
        ),
        (r#"{"type":"string","contentEncoding":"base64"}"#, r#""aGk=""#, ""),
        (
            r#"{"type":"string","contentEncoding":"base64"}"#,
            r#""aGk""#,
            r#"expected base64 (RFC 4648, with padding), got the string "aGk""#,
        ),
        (
            r#"{"type":"string","contentEncoding":"base64"}"#,
            r#""aGl=""#,
            r#"expected base64 (RFC 4648, with padding), got the string "aGl=""#,
        ),
        (r#"{"type":"string","contentEncoding":"base64"}"#, r#""aA==""#, ""),
        (
            r#"{"type":"string","contentEncoding":"base64"}"#,
            r#""aB==""#,
            r#"expected base64 (RFC 4648, with padding), got the string "aB==""#,
        ),
        (r#"{"type":"string","format":"ip"}"#, r#""nonsense""#, ""),
    ]);
}

#[test]
fn arrays() {
    table(&[
        (r#"{"type":"array","items":{"type":"integer"},"minItems":3,"maxItems":3}"#, "[1,2,3]", ""),
        (
            r#"{"type":"array","items":{"type":"integer"},"minItems":3,"maxItems":3}"#,
            "[1,2]",
            "expected 3 items, got 2",
        ),
        (
            r#"{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"minItems":2,"maxItems":2}"#,
            r#"["a",1,2]"#,
            "[0]: expected an integer, got the string \"a\"\n[1]: expected a string, got 1\nexpected 2 items, got 3",
        ),
        (
            r#"{"type":"array","prefixItems":[{"type":"integer"}],"items":false}"#,
            "[1,2]",
            "expected at most 1 item, got 2",
        ),
        (r#"{"type":"array","uniqueItems":true}"#, r#"["a","b"]"#, ""),
        (
            r#"{"type":"array","uniqueItems":true}"#,
            r#"[1,"\u0061",1.0,"a",{"x":1,"y":2},{"y":2.0,"x":1e0}]"#,
            "[2]: 1.0 is in the list before\n[3]: the string \"a\" is in the list before\n\
             [5]: the object {\"y\":2.0,\"x\":1e0} is in the list before",
        ),
    ]);
}

#[test]
fn objects_and_maps() {
    table(&[
        (r#"{"type":"object","additionalProperties":{"type":"number"}}"#, r#"{"a b":1}"#, ""),
        (
            r#"{"type":"object","additionalProperties":{"type":"number"}}"#,
            r#"{"a b":"x","c":null}"#,
            "[\"a b\"]: expected a number, got the string \"x\"\nc: expected a number, got null",
        ),
        (
            r#"{"type":"object","additionalProperties":false,"patternProperties":{"^\\d+$":{"type":"number"}}}"#,
            r#"{"1":1,"x":2}"#,
            "x: the key is not a whole number",
        ),
        (
            r#"{"type":"object","propertyNames":{"enum":["red","green"]},"additionalProperties":{"type":"number"}}"#,
            r#"{"red":1,"gren":2}"#,
            "gren: unknown field; did you mean `green`?",
        ),
        (r#"{"type":"object","minProperties":1}"#, "{}", "expected at least 1 member, got 0"),
        (
            r#"{"type":"object","additionalProperties":false}"#,
            r#"{"a":1}"#,
            "a: unknown field; there are no fields",
        ),
        (r#"{"type":"object","required":["a"]}"#, "{}", "a: missing"),
        (r#"{"properties":{"a":{"type":"null"}}}"#, "5", ""),
        (r#"{"properties":{"a":{"type":"null"}}}"#, r#"{"a":5}"#, "a: expected null, got 5"),
        (
            r#"{"type":"object","properties":{"a":{}}}"#,
            r#"{"a":1,"b":2,"b":3}"#,
            "duplicate key `b` at line 1, column 14\n{\"a\":1,\"b\":2,\"b\":3}\n             ^",
        ),
    ]);
}

#[test]
fn fixed_values() {
    table(&[
        (
            r#"{"type":"string","enum":["red","green"]}"#,
            r#""gren""#,
            "the string \"gren\" is not one of `red`, `green`; did you mean `green`?",
        ),
        (r#"{"type":"string","enum":["red","green"]}"#, "1", "expected one of red, green, got 1"),
        (r#"{"enum":[1,"x",null]}"#, "1.0", ""),
        (r#"{"enum":[1,"x",null]}"#, "2", "2 is not one of `1`, `\"x\"`, `null`"),
        (r#"{"const":{"a":[1]}}"#, r#"{ "a" : [ 1.0 ] }"#, ""),
        (r#"{"type":["string","null"],"enum":["a","b",null]}"#, "null", ""),
        (r#"{"type":["string","null"],"enum":["a","b",null]}"#, "1", "expected one of a, b or null, got 1"),
        ("false", "1", "expected nothing, got 1"),
        ("true", "[1,{}]", ""),
    ]);
}

#[test]
fn nullable_values() {
    let scalar = r#"{"type":["integer","null"],"format":"uint8","minimum":0,"maximum":255}"#;
    let record = r##"{"anyOf":[{"$ref":"#/$defs/P"},{"type":"null"}],
        "$defs":{"P":{"type":"object","properties":{"x":{"type":"number"}},"required":["x"]}}}"##;
    table(&[
        (scalar, "null", ""),
        (scalar, "256", "256 is out of range for uint8 (0 to 255)"),
        (scalar, "true", "expected an integer or null, got true"),
        (record, "null", ""),
        (record, "{}", "x: missing"),
        (record, "1", "expected P (an object) or null, got 1"),
    ]);
}

#[test]
fn enums_with_data_by_their_tag() {
    let external = r#"{"title":"Shape","oneOf":[{"type":"string","enum":["Dot","Line"]},
        {"type":"object","properties":{"Circle":{"type":"object","properties":{"r":{"type":"number"}},"required":["r"]}},
         "required":["Circle"],"additionalProperties":false},
        {"type":"object","properties":{"Square":{"type":"number"}},"required":["Square"],"additionalProperties":false}]}"#;
    let internal = r#"{"oneOf":[{"type":"object","properties":{"kind":{"type":"string","const":"circle"},"r":{"type":"number"}},"required":["kind","r"]},
        {"type":"object","properties":{"kind":{"type":"string","const":"square"},"side":{"type":"number"}},"required":["kind","side"]}]}"#;
    let result = r#"{"oneOf":[{"type":"object","properties":{"Ok":{"type":"integer"}},"required":["Ok"]},
        {"type":"object","properties":{"Err":{"type":"string"}},"required":["Err"]}]}"#;
    table(&[
        (external, r#""Dot""#, ""),
        (external, r#"{"Circle":{"r":1}}"#, ""),
        (external, r#"{"Circle":{}}"#, "Circle.r: missing"),
        (external, r#"{"Circle":{"r":1},"Square":2}"#, "Square: unknown field; known fields: `Circle`"),
        (
            external,
            r#"{"Circl":1}"#,
            "the variant `Circl` is not one of `Circle`, `Square`; did you mean `Circle`?",
        ),
        (external, "{}", "an empty object is not one of `Circle`, `Square`"),
        (external, "5", "expected Shape (one of Dot, Line, Circle, Square), got 5"),
        (external, r#""Dott""#, "the string \"Dott\" is not one of `Dot`, `Line`; did you mean `Dot`?"),
        (internal, r#"{"r":1,"kind":"circle"}"#, ""),
        (internal, r#"{"kind":"circle","r":"x"}"#, "r: expected a number, got the string \"x\""),
        (
            internal,
            r#"{"kind":"cirle"}"#,
            "kind: the string \"cirle\" is not one of `circle`, `square`; did you mean `circle`?",
        ),
        (internal, r#"{"r":1}"#, "kind: missing"),
        (internal, r#"{"kind":3}"#, "kind: 3 is not one of `circle`, `square`"),
        (result, r#"{"Ok":1}"#, ""),
        (result, r#"{"Err":1}"#, "Err: expected a string, got 1"),
        (result, r#"{"Ok":1,"Err":"x"}"#, "has more than one variant: `Ok` and `Err`"),
    ]);
}

#[test]
fn untagged_unions_are_tried() {
    let untagged = r#"{"anyOf":[{"type":"object","title":"A","properties":{"a":{"type":"integer"}},"required":["a"]},
        {"type":"object","title":"B","properties":{"b":{"type":"integer"},"c":{"type":"integer"}},"required":["b","c"]},
        {"type":"string"}]}"#;
    table(&[
        (untagged, r#"{"b":1,"c":2}"#, ""),
        (untagged, r#""x""#, ""),
        (
            untagged,
            r#"{"a":"1"}"#,
            "fits none of `A`, `B`; the nearest is A: a: expected an integer, got the string \"1\"",
        ),
        (untagged, "1", "expected A (an object) or B (an object) or a string, got 1"),
        (r#"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#, "1.5", ""),
        (
            r#"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#,
            "1",
            "fits more than one alternative (number, integer), and may fit only one",
        ),
    ]);
}

#[test]
fn all_of_records_is_one_record() {
    let both = r##"{"allOf":[{"$ref":"#/$defs/A"},{"type":"object","properties":{"b":{"type":"integer"}},"required":["b"]}],
        "$defs":{"A":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}}"##;
    assert_eq!(report(&schema(both), r#"{"a":1,"b":2}"#), "");
    assert_eq!(report(&schema(both), r#"{"a":"x"}"#), "a: expected an integer, got the string \"x\"\nb: missing");
    let names: Vec<String> = schema(both).properties().into_iter().map(|property| property.name).collect();
    assert_eq!(names, ["a", "b"]);
    // A record and a union at once, as a flattened enum gives it.
    let flat = r#"{"type":"object","properties":{"z":{"type":"integer"}},"required":["z"],
        "oneOf":[{"type":"object","properties":{"A":{"type":"null"}},"required":["A"]},
                 {"type":"object","properties":{"B":{"type":"integer"}},"required":["B"]}]}"#;
    assert_eq!(report(&schema(flat), r#"{"z":1,"B":2}"#), "");
    assert_eq!(report(&schema(flat), r#"{"B":"x"}"#), "z: missing\nB: expected an integer, got the string \"x\"");
    assert_eq!(report(&schema(flat), "null"), "expected an object, got null");
}

#[test]
fn recursive_types() {
    let tree = schema(
        r##"{"title":"Tree","type":"object","required":["v"],"properties":{"v":{"type":"integer"},
        "kids":{"type":"array","items":{"$ref":"#"}},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}"##,
    );
    assert_eq!(report(&tree, r#"{"v":1,"kids":[{"v":2,"next":{"v":3,"next":null}}]}"#), "");
    assert_eq!(report(&tree, r#"{"v":1,"kids":[{"v":2,"next":{"kids":[]}}]}"#), "kids[0].next.v: missing");
}

#[test]
fn types_have_names_for_people() {
    for (text, name) in [
        (r#"{"type":"number","format":"double"}"#, "number"),
        (r#"{"type":"integer","format":"uint8"}"#, "integer (uint8)"),
        (r#"{"type":["string","null"]}"#, "string or null"),
        (
            r##"{"type":"array","items":{"$ref":"#/$defs/InferenceRequest"},"$defs":{"InferenceRequest":{"type":"object"}}}"##,
            "list of InferenceRequest",
        ),
        (r#"{"type":"object","additionalProperties":{"type":"number"}}"#, "map of string to number"),
        (r#"{"title":"Color","enum":["red","green"]}"#, "Color (one of red, green)"),
        (r#"{"enum":["red","green"]}"#, "one of red, green"),
        (r#"{"type":"array","items":{"type":"string"},"uniqueItems":true}"#, "set of string"),
        (r#"{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]}"#, "tuple of integer, string"),
        (r#"{"type":"string","format":"date-time"}"#, "string (date-time)"),
        (r##"{"type":"array","items":{"$ref":"#"}}"##, "list of list of list of list of list of value"),
        ("true", "any value"),
    ] {
        assert_eq!(schema(text).type_name(), name, "{text}");
    }
}
