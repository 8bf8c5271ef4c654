//! Values made to take memory or time out of all proportion to their text, alone or together with their schema. What is
//! read again is counted, not timed.

use crate::record::check::MOST_REREAD;
use crate::record::tests::schema;
use crate::record::{InputError, Problem, Schema};

fn many<T: Into<String>>(count: usize, part: impl Fn(usize) -> T) -> String {
    (0..count).map(|n| part(n).into()).collect::<Vec<String>>().join(",")
}

/// How much is read again for a text.
fn reread(schema: &Schema, text: &str) -> usize {
    MOST_REREAD - schema.check_within(text, MOST_REREAD).1
}

fn said(schema: &Schema, text: &str) -> String {
    schema.check(text).unwrap_err().to_string()
}

/// Records that only the last of so many fields tells apart, and which hold records of the same kind.
fn alike(count: usize) -> Schema {
    let alternatives = many(count, |n| {
        format!(r##"{{"type":"object","properties":{{"next":{{"$ref":"#"}},"a{n}":{{}}}},"required":["a{n}"]}}"##)
    });
    schema(&format!(r#"{{"anyOf":[{alternatives}]}}"#))
}

#[test]
fn alternatives_inside_alternatives_cost_no_more_than_their_number() {
    let nested = |depth: usize| format!("{}1{}", r#"{"next":"#.repeat(depth), "}".repeat(depth));
    let twins = alike(2);
    let (half, whole) = (reread(&twins, &nested(60)), reread(&twins, &nested(120)));
    assert!(whole < 5 * half, "{half} for 60 levels, {whole} for 120");
    let (few, several) = (reread(&alike(4), &nested(60)), reread(&alike(16), &nested(60)));
    assert!(several < 5 * few, "{few} for 4 alternatives, {several} for 16");
    let wide = format!("[{}]", many(1_000, |_| nested(9)));
    let lists = schema(
        r##"{"type":"array","items":{"$ref":"#/$defs/T"},"$defs":{"T":{"anyOf":[
            {"type":"object","properties":{"next":{"$ref":"#/$defs/T"},"a":{}},"required":["a"]},
            {"type":"object","properties":{"next":{"$ref":"#/$defs/T"},"b":{}},"required":["b"]}]}}}"##,
    );
    let (one, all) = (reread(&lists, &format!("[{}]", nested(9))), reread(&lists, &wide));
    assert!(all <= 1_000 * one, "{one} for one item, {all} for a thousand");
}

#[test]
fn what_is_tried_again_and_again_is_given_up() {
    let budget = 1 << 20;
    let alternatives = alike(2_000);
    let text = format!("[{}]", many(2_000, |_| r#"{"a1999":1}"#));
    let lists =
        schema(&format!(r##"{{"type":"array","items":{}}}"##, alternatives.text()).replace("\"#\"", "\"#/items\""));
    let (checked, left) = lists.check_within(&text, 1 << 28);
    assert_eq!(left, 0);
    let InputError::Fields { violations, more } = checked.unwrap_err() else { panic!("no violations") };
    let given_up = Problem::Rule("has too many alternatives to be checked".to_owned());
    assert!(violations.iter().all(|violation| violation.problem == given_up), "{violations:?}");
    // The first items were tried, and conform.
    assert!((1_000..2_000).contains(&(violations.len() + more)), "{more} more");
    // All parts at once, and tags behind what they are the tags of.
    let all = schema(&format!(
        r#"{{"type":"array","items":{{"allOf":[{}]}}}}"#,
        many(500, |n| format!(r#"{{"type":"object","minProperties":{n}}}"#))
    ));
    assert!(all.check_within(&format!("[{}]", many(2_000, |_| "{}")), budget).0.is_err());
    let tagged = schema(
        r##"{"oneOf":[{"type":"object","properties":{"kind":{"const":"a"},"in":{"$ref":"#"}},"required":["kind"]},
            {"type":"object","properties":{"kind":{"const":"b"}},"required":["kind"]}]}"##,
    );
    let long = "x".repeat(20_000);
    let last = (0..100)
        .fold(r#"{"kind":"b"}"#.to_owned(), |inner, _| format!(r#"{{"in":{inner},"x":"{long}","kind":"a"}}"#));
    assert!(tagged.check(&last).is_ok());
    let (checked, left) = tagged.check_within(&last, budget);
    assert_eq!(left, 0);
    assert!(checked.unwrap_err().to_string().contains("too many alternatives"));
}

#[test]
fn sets_within_sets_are_read_once_for_each() {
    let sets = schema(
        r##"{"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/S"},"$defs":{"S":{"anyOf":[
        {"type":"array","uniqueItems":true,"items":{"$ref":"#/$defs/S"}},{"type":"integer"}]}}}"##,
    );
    let text =
        |depth: usize| format!("{}{}{}", "[".repeat(depth), many(10_000, |n| n.to_string()), "]".repeat(depth));
    let (one, ten) = (reread(&sets, &text(1)), reread(&sets, &text(10)));
    assert!(ten <= 10 * text(10).len(), "{one} for one set, {ten} for ten");
    let (checked, _) = sets.check_within(&text(100), 1 << 20);
    assert!(checked.unwrap_err().to_string().contains("too large for its items to be told apart"));
    assert!(sets.check(&text(100)).is_ok());
    assert_eq!(said(&sets, "[1,[2,2],1]"), "[1][1]: 2 is in the list before\n[2]: 1 is in the list before");
}

#[test]
fn a_violation_does_not_repeat_what_is_long() {
    let long = "k".repeat(1 << 20);
    let records = schema(r#"{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}"#);
    let message = said(&records, &format!(r#"{{"{long}":[{}]}}"#, many(1_000, |n| n.to_string())));
    assert!(message.len() < 20_000, "{} bytes", message.len());
    assert!(message.starts_with(&format!("[\"{}…\"][0]: expected a string", "k".repeat(64))), "{message:.100}");
    let strict = schema(r#"{"type":"object","properties":{"a":{"enum":["x"]}},"additionalProperties":false}"#);
    for text in [
        format!(r#"{{"{long}":1}}"#),
        format!(r#"{{"a":"{long}"}}"#),
        format!(r#"{{"a":{}1{}}}"#, "[".repeat(100), "]".repeat(100)),
        format!(r#"["{long}"]"#),
        format!(r#"{{"{long}":1,"{long}":2}}"#),
        format!(r#"{{"{long}":{{"{long}":1,"{long}":2}}}}"#),
        format!("\"{long}"),
        long.clone(),
        "1".repeat(1 << 20),
    ] {
        assert!(said(&strict, &text).len() < 2_000, "{} bytes", said(&strict, &text).len());
        if let InputError::Syntax(error) = strict.check(&text).unwrap_err() {
            assert!(error.snippet().unwrap_or_default().len() < 2_000);
        }
    }
    let external = schema(
        r#"{"oneOf":[{"type":"object","properties":{"A":{}},"required":["A"]},{"type":"object","properties":{"B":{}},"required":["B"]}]}"#,
    );
    assert!(said(&external, &format!(r#"{{"{long}":1}}"#)).len() < 2_000);
}

#[test]
fn a_chain_of_nearest_alternatives_is_cut() {
    let nested = format!("{}1{}", r#"{"next":"#.repeat(100), "}".repeat(100));
    let message = said(&alike(3), &nested);
    assert!(message.len() < 4_000, "{} bytes", message.len());
    assert!((1..=5).contains(&message.matches("the nearest is").count()), "{message}");
}

#[test]
fn an_enum_of_any_width_is_told_in_few_names() {
    let names = many(30_000, |n| format!(r#""the {n}th of many names""#));
    let values = format!("[{}]", many(5_000, |n| format!(r#""the {n}st of many names""#)));
    for text in [
        format!(r#"{{"type":"array","items":{{"enum":[{names}]}}}}"#),
        format!(r#"{{"type":"array","items":{{"enum":[{names},0]}}}}"#),
    ] {
        let error = schema(&text).check(&values).unwrap_err();
        assert!(error.to_string().len() < 200_000);
        let Problem::NotAllowed { allowed, .. } = &error.violations()[0].problem else { panic!("{error:.200}") };
        assert_eq!((allowed.names().len(), allowed.names().len() + allowed.more() >= 30_000), (12, true));
    }
    let fields = many(30_000, |n| format!(r#""field_{n}":{{}}"#));
    let record = schema(&format!(
        r#"{{"type":"array","items":{{"type":"object","properties":{{{fields}}},"additionalProperties":false}}}}"#
    ));
    let error = record.check(&format!("[{}]", many(10_000, |n| format!(r#"{{"feild_{n}":1}}"#)))).unwrap_err();
    assert!(error.to_string().contains("0].feild_0: unknown field; did you mean `field_0`?"), "{error:.300}");
    let InputError::Fields { violations, more } = error else { panic!("no violations") };
    assert_eq!((violations.len(), more), (100, 9_900));
}

#[test]
fn fields_that_are_not_there_cost_nothing() {
    let fields = many(25_000, |n| format!(r#""f{n}":{{}}"#));
    let required = many(25_000, |n| format!(r#""f{n}""#));
    let text =
        format!("[{}]", many(20_000, |n| if n % 2 == 0 { "{}".to_owned() } else { r#"{"f24999":1}"#.to_owned() }));
    let optional = schema(&format!(r#"{{"type":"array","items":{{"type":"object","properties":{{{fields}}}}}}}"#));
    optional.check(&text).unwrap();
    let all = schema(&format!(
        r#"{{"type":"array","items":{{"type":"object","properties":{{{fields}}},"required":[{required}]}}}}"#
    ));
    let InputError::Fields { violations, more } = all.check(&text).unwrap_err() else { panic!("no violations") };
    assert_eq!(violations.len() + more, 20_000 * 25_000 - 10_000);
    assert_eq!(violations[1].to_string(), "[0].f1: missing");
    assert!(
        optional.check(r#"[{"f9999":1,"f9999":2}]"#).unwrap_err().to_string().starts_with("duplicate key `f9999`")
    );
}

#[test]
fn a_number_of_any_length_is_read_once() {
    let digits = "9".repeat(1 << 20);
    let numbers = schema(r#"{"type":"number","minimum":0.5,"multipleOf":0.25}"#);
    for text in
        [format!("{digits}e{digits}"), format!("0.{digits}"), format!("1e-{digits}"), format!("-{digits}.{digits}")]
    {
        assert!(said(&numbers, &text).len() < 1_000);
        assert_eq!(reread(&numbers, &text), 0);
    }
    let bounds =
        schema(&format!(r#"{{"type":"number","minimum":{},"maximum":1{digits:.900}}}"#, "9".repeat(500_000)));
    assert!(said(&bounds, "1").len() < 1_000);
    assert!(
        said(&schema(&format!(r#"{{"type":"number","multipleOf":0.{}1}}"#, "0".repeat(500_000))), "1e-600000")
            .len()
            < 1_000
    );
}
