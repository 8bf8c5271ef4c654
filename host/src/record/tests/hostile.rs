//! Schemas and inputs made to hang, to exhaust memory or to overflow the stack. Tests run with 2 MiB of stack.

use std::time::{Duration, Instant};

use crate::record::tests::{BATCH, report, schema};
use crate::record::{InputError, Json, Schema};

fn quickly<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < Duration::from_secs(10), "{what} took {:?}", start.elapsed());
    result
}

#[test]
fn ten_million_levels() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = open.repeat(10_000_000);
        assert!(Json::parse(text.clone()).is_err());
        assert!(schema(BATCH).check(&text).is_err());
        assert!(schema("true").check(&text).is_err());
        let level = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(Json::parse(level(127)).is_ok());
        assert!(Json::parse(level(128)).is_err());
        assert!(serde_json::from_str::<serde_json::Value>(&level(127)).is_ok());
        assert!(serde_json::from_str::<serde_json::Value>(&level(128)).is_err());
    }
    assert!(Schema::compile("[".repeat(1_000_000)).is_err());
    assert!(Json::from_yaml(&"[".repeat(100_000)).is_err());
    assert!(Json::from_yaml(&"- ".repeat(100_000)).is_err());
}

#[test]
fn chains_of_references() {
    let definitions: Vec<String> =
        (0..20_000).map(|n| format!(r##""d{n}":{{"$ref":"#/$defs/d{}"}}"##, n + 1)).collect();
    let chain =
        format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{},"d20000":{{"type":"null"}}}}}}"##, definitions.join(","));
    let chain = quickly("compiling", || schema(&chain));
    assert!(chain.check("null").is_ok());
    assert_eq!(chain.type_name(), "d20000");
    // Lists of lists of lists, each by a reference: nothing nests in the schema itself.
    let definitions: Vec<String> = (0..10_000)
        .map(|n| format!(r##""d{n}":{{"type":"array","items":{{"$ref":"#/$defs/d{}"}}}}"##, n + 1))
        .collect();
    let lists =
        format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{},"d10000":{{"type":"null"}}}}}}"##, definitions.join(","));
    let lists = quickly("compiling", || schema(&lists));
    assert!(lists.check("[[[]]]").is_ok());
    quickly("comparing", || lists.accepts(&lists)).unwrap();
}

#[test]
fn stacks_of_unions_are_refused() {
    let definitions: Vec<String> = (0..1_000)
        .map(|n| format!(r##""d{n}":{{"anyOf":[{{"$ref":"#/$defs/d{}"}},{{"type":"null"}}]}}"##, n + 1))
        .collect();
    let stack =
        format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{},"d1000":{{"type":"string"}}}}}}"##, definitions.join(","));
    let error = Schema::compile(stack).unwrap_err().to_string();
    assert!(error.contains("stacks more than 6 unions"), "{error}");
}

#[test]
fn the_deepest_check_fits_the_stack() {
    let text = format!("{}{}", "[".repeat(127), "]".repeat(127));
    // Six unions on each of 127 levels: first such as their kind tells apart, then such as have to be tried.
    for others in [r#"{"type":"null"}"#, r#"{"type":"array","maxItems":0},{"type":"array","items":{"const":0}}"#] {
        let mut inner = r##"{"type":"array","items":{"$ref":"#"}}"##.to_owned();
        for _ in 0..6 {
            inner = format!(r#"{{"anyOf":[{inner},{others}]}}"#);
        }
        let _ = quickly("checking", || schema(&inner).check(&text));
    }
    // What is in use nests no further than this.
    let one = schema(r##"{"anyOf":[{"type":"array","items":{"$ref":"#"}},{"type":"array","items":{"const":0}}]}"##);
    assert_eq!(report(&one, &text), "");
}

#[test]
fn unions_that_look_alike_cost_no_more_than_their_number() {
    let twins = schema(
        r##"{"anyOf":[{"title":"A","type":"object","properties":{"next":{"$ref":"#"},"a":{}},"required":["a"]},
                      {"title":"B","type":"object","properties":{"next":{"$ref":"#"},"b":{}},"required":["b"]}]}"##,
    );
    let all = schema(
        r##"{"allOf":[{"type":"object","properties":{"next":{"$ref":"#"}},"minProperties":0,"maxProperties":9},
                      {"type":"object","properties":{"next":{"$ref":"#"}},"maxProperties":8}]}"##,
    );
    let nested = |inner: &str| format!("{}{inner}{}", r#"{"next":"#.repeat(120), "}".repeat(120));
    assert!(quickly("trying", || twins.check(&nested(r#"{"b":1}"#))).is_err());
    quickly("trying all", || all.check(&nested("{}"))).unwrap();
    assert!(quickly("trying all", || all.check(&nested("1"))).is_err());
}

#[test]
fn many_keys_items_and_violations() {
    let keys: Vec<String> = (0..200_000).map(|n| format!(r#""k{n}":1"#)).collect();
    let object = format!("{{{}}}", keys.join(","));
    let maps = schema(r#"{"type":"object","additionalProperties":{"type":"string"}}"#);
    let error = quickly("a map", || maps.check(&object)).unwrap_err();
    let InputError::Fields { violations, more } = error else { panic!("no violations") };
    assert_eq!((violations.len(), more), (100, 199_900));
    let twice = format!("{{{},\"k7\":1}}", keys.join(","));
    assert!(
        quickly("a duplicate", || Json::parse(twice))
            .unwrap_err()
            .to_string()
            .starts_with("duplicate key `k7` at line 1")
    );
    let items: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
    quickly("a set", || schema(r#"{"type":"array","uniqueItems":true}"#).check(&format!("[{}]", items.join(","))))
        .unwrap();
    let wide: Vec<String> = (0..500).map(|n| format!(r#""k{n}":{{"type":"integer"}}"#)).collect();
    let wide =
        schema(&format!(r#"{{"type":"object","properties":{{{}}},"additionalProperties":false}}"#, wide.join(",")));
    assert!(wide.check(r#"{"k499":1,"k0":2}"#).is_ok());
    assert!(wide.check(r#"{"k499":1,"k499":2}"#).unwrap_err().to_string().starts_with("duplicate key `k499`"));
}

#[test]
fn absurd_numbers() {
    let bounded = schema(r#"{"type":"number","minimum":0,"multipleOf":0.1}"#);
    for text in ["1e1000000000", "1e99999999999999999999999", "-1e-99999999999999999999999", "1e-1000000"] {
        let _ = quickly(text, || bounded.check(text));
    }
    let digits = "9".repeat(1_000_000);
    assert!(quickly("digits", || schema(r#"{"type":"integer","format":"uint64"}"#).check(&digits)).is_err());
    assert!(quickly("digits", || schema(r#"{"type":"integer"}"#).check(&digits)).is_ok());
    assert!(quickly("digits", || bounded.check(&digits)).is_err());
    let message = schema(r#"{"type":"string"}"#).check(&digits).unwrap_err().to_string();
    assert!(message.len() < 200, "{message}");
}
