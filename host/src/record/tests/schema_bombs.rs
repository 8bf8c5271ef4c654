//! Schemas made to take memory or time out of all proportion to their text. What is done for them is counted, not timed.

use crate::record::schema::compile::{LONGEST, MOST_NODES};
use crate::record::tests::schema;
use crate::record::{Fit, Parameters, Schema, SchemaError};

/// The longest message or name that is bearable, in bytes.
const BEARABLE: usize = 2_000;

fn refused(text: &str) -> SchemaError {
    let error = Schema::compile(text).expect_err("a bomb");
    assert!(error.to_string().len() < BEARABLE, "a message of {} bytes", error.to_string().len());
    error
}

fn many<T: Into<String>>(count: usize, part: impl Fn(usize) -> T) -> String {
    (0..count).map(|n| part(n).into()).collect::<Vec<String>>().join(",")
}

#[test]
fn a_text_that_is_too_long_is_not_even_read() {
    for text in [" ".repeat(10 << 20), "[".repeat(10 << 20), format!(r#"{{"title":"{}"}}"#, "a".repeat(10 << 20))] {
        assert!(matches!(refused(&text), SchemaError::TooLarge { limit: LONGEST, .. }));
        assert!(matches!(Parameters::compile(text), Err(SchemaError::TooLarge { .. })));
    }
}

#[test]
fn the_number_of_parts_is_limited() {
    let parts = |count: usize| format!(r#"{{"type":"array","prefixItems":[{}]}}"#, many(count, |_| "{}"));
    let most = schema(&parts(MOST_NODES - 1));
    assert_eq!(most.node_count(), MOST_NODES);
    assert!(most.check("[1,2,3]").is_ok());
    assert!(matches!(refused(&parts(MOST_NODES)), SchemaError::TooComplex { limit: MOST_NODES, .. }));
    // A keyword of each type stands for a schema of each type.
    let typed = format!(r#"{{"prefixItems":[{}]}}"#, many(20_000, |_| r#"{"minimum":1}"#));
    assert!(matches!(refused(&typed), SchemaError::TooComplex { .. }));
    let required = format!(r#"{{"type":"object","required":[{}]}}"#, many(80_000, |n| format!(r#""{n}""#)));
    assert!(matches!(refused(&required), SchemaError::TooComplex { .. }));
}

#[test]
fn a_schema_is_compiled_once_however_it_is_referred_to() {
    // A definition of 1,000 parts, under 1,000 spellings of its name.
    let spelt = |n: usize| (0..10).map(|bit| if n >> bit & 1 == 1 { "%61" } else { "a" }).collect::<String>();
    let references = many(1_000, |n| format!(r##"{{"$ref":"#/$defs/{}"}}"##, spelt(n)));
    let text = format!(
        r#"{{"prefixItems":[{references}],"type":"array","$defs":{{"aaaaaaaaaa":{{"type":"array","prefixItems":[{}]}}}}}}"#,
        many(1_000, |_| "{}")
    );
    assert!(schema(&text).node_count() < 3_000);
    // Properties inside one another, each of which is referred to.
    let (mut nested, mut pointer, mut references) = ("{}".to_owned(), "#".to_owned(), Vec::new());
    for _ in 0..60 {
        nested = format!(r#"{{"properties":{{"a":{nested}}},"type":"object"}}"#);
        pointer.push_str("/properties/a");
        references.push(format!(r#"{{"$ref":"{pointer}"}}"#));
    }
    let text =
        nested.replacen(r#""properties""#, &format!(r#""allOf":[{}],"properties""#, references.join(",")), 1);
    assert!(schema(&text).node_count() < 300);
    // The name that a definition has does not depend on which spelling comes first.
    let text = r##"{"anyOf":[{"$ref":"#/%24defs/A"},{"$ref":"#/$defs/A"}],"$defs":{"A":{"type":"object","properties":{"x":{}}}}}"##;
    assert!(schema(text).type_name().starts_with("A"), "{}", schema(text).type_name());
}

#[test]
fn names_and_fields_are_not_gathered_without_end() {
    let names = many(10_000, |n| format!(r#""n{n}""#));
    let unions = |count: usize| {
        let parts = many(count, |n| format!(r##"{{"anyOf":[{{"$ref":"#/$defs/E"}},{{"const":"x{n}"}}]}}"##));
        format!(r#"{{"type":"array","prefixItems":[{parts}],"$defs":{{"E":{{"enum":[{names}]}}}}}}"#)
    };
    assert!(schema(&unions(10)).check(r#"["n9","x1","n0"]"#).is_ok());
    assert!(matches!(refused(&unions(5_000)), SchemaError::TooComplex { .. }));

    let fields = many(10_000, |n| format!(r#""f{n}":{{}}"#));
    let records = |count: usize| {
        let parts = many(count, |n| {
            format!(r##"{{"allOf":[{{"$ref":"#/$defs/R"}},{{"type":"object","properties":{{"x{n}":{{}}}}}}]}}"##)
        });
        format!(
            r#"{{"type":"array","prefixItems":[{parts}],"$defs":{{"R":{{"type":"object","properties":{{{fields}}}}}}}}}"#
        )
    };
    assert!(schema(&records(10)).check(r#"[{"f1":1}]"#).is_ok());
    assert!(matches!(refused(&records(5_000)), SchemaError::TooComplex { .. }));

    // Two records that agree in the tag of every field but not in that of the last: looked for over and over.
    let record = |last: &str| {
        let fields = many(2_000, |n| format!(r#""f{n}":{{"const":"same"}}"#));
        let required = many(2_000, |n| format!(r#""f{n}""#));
        format!(
            r#"{{"type":"object","properties":{{{fields},"t":{{"const":"{last}"}}}},"required":[{required},"t"]}}"#
        )
    };
    let unions = many(2_000, |_| r##"{"anyOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/B"}]}"##);
    let (first, second) = (record("a"), record("b"));
    let text = format!(r#"{{"type":"array","prefixItems":[{unions}],"$defs":{{"A":{first},"B":{second}}}}}"#);
    assert!(matches!(refused(&text), SchemaError::TooComplex { .. }));
}

#[test]
fn a_name_is_short_whatever_the_type() {
    let itself = many(1_000, |_| r##"{"$ref":"#"}"##);
    let lists = many(1_000, |n| format!(r##"{{"type":"array","items":{{"$ref":"#"}},"maxItems":{n}}}"##));
    let optional = many(1_000, |n| format!(r##""f{n}":{{"$ref":"#"}}"##));
    let few_optional = many(30, |n| format!(r##""f{n}":{{"$ref":"#"}}"##));
    let long = "x".repeat(100_000);
    for text in [
        format!(r#"{{"type":"array","prefixItems":[{itself}]}}"#),
        format!(r#"{{"anyOf":[{lists},{{"type":"null"}}]}}"#),
        format!(r#"{{"type":"object","properties":{{{optional}}}}}"#),
        format!(r#"{{"type":"object","properties":{{{few_optional}}}}}"#),
        format!(r##"{{"type":"object","properties":{{"{long}":{{"$ref":"#"}}}},"title":"{long}"}}"##),
        format!(r#"{{"enum":["{long}","{long}2"],"title":"{long}"}}"#),
        format!(r#"{{"enum":["{long}",1,["{long}"]]}}"#),
        format!(r#"{{"type":"string","format":"{long}"}}"#),
        format!(r##"{{"$ref":"#/$defs/{long}","$defs":{{"{long}":{{"type":"object"}}}}}}"##),
        format!(r#"{{"type":"object","additionalProperties":{{"type":"string","format":"{long}"}}}}"#),
    ] {
        let schema = schema(&text);
        assert!(schema.type_name().len() < BEARABLE, "{} bytes", schema.type_name().len());
        for value in ["1", "\"\"", "[1]", "{\"a\":1}", "null"] {
            if let Err(error) = schema.check(value) {
                assert!(error.to_string().len() < 2 * BEARABLE, "{} bytes: {value}", error.to_string().len());
            }
        }
        let _ = schema.fit(&schema);
    }
    assert_eq!(
        schema(&format!(r#"{{"type":"array","prefixItems":[{}]}}"#, many(20, |_| r#"{"type":"null"}"#)))
            .type_name(),
        "tuple of null, null, null, null, null, null, null, null, … (12 more)"
    );
}

#[test]
fn parts_that_share_parts_are_looked_at_once() {
    // Five floors of a hundred `allOf`, each of all of the floor below: 10^10 ways down.
    let floor = |level: usize| {
        many(100, |n| {
            let below = many(100, |m| format!(r##"{{"$ref":"#/$defs/l{}n{m}"}}"##, level + 1));
            format!(r#""l{level}n{n}":{{"allOf":[{below}],"minProperties":{n}}}"#)
        })
    };
    let ground =
        many(100, |n| format!(r#""l3n{n}":{{"type":"object","properties":{{"p{n}":{{}}}},"maxProperties":9}}"#));
    let text = format!(r##"{{"$ref":"#/$defs/l1n0","$defs":{{{},{},{ground}}}}}"##, floor(1), floor(2));
    let schema = schema(&text);
    assert_eq!(schema.properties().len(), 100);
    assert_eq!(Parameters::compile(text).unwrap().len(), 100);
    assert!(schema.type_name().len() < BEARABLE);
    let _ = schema.shape();
}

#[test]
fn references_into_large_objects_are_found() {
    let properties = many(10_000, |n| format!(r#""p{n}":{{"type":"integer"}}"#));
    let references = many(10_000, |n| format!(r##"{{"$ref":"#/properties/p{n}"}}"##));
    let text = format!(r#"{{"type":"object","properties":{{{properties},"all":{{"anyOf":[{references}]}}}}}}"#);
    assert!(schema(&text).check(r#"{"p1":1,"all":2}"#).is_ok());
    assert!(
        schema(r##"{"properties":{"":{"type":"null"}},"allOf":[{"$ref":"#/properties/"}]}"##).check("null").is_ok()
    );
    assert!(Schema::compile(r##"{"$ref":"#/no"}"##).is_err());
    assert!(Schema::compile(format!(r##"{{"$ref":"#{}"}}"##, "/".repeat(100_000))).is_err());
}

#[test]
fn references_in_a_circle_make_no_progress() {
    let circle = many(1_000, |n| format!(r##""d{n}":{{"allOf":[{{"$ref":"#/$defs/d{}"}}]}}"##, (n + 1) % 1_000));
    for text in [
        r##"{"$ref":"#"}"##.to_owned(),
        r##"{"anyOf":[{"$ref":"#"},{"type":"null"}]}"##.to_owned(),
        r##"{"properties":{"a":{"$ref":"#/properties/a"}}}"##.to_owned(),
        r##"{"allOf":[{"oneOf":[{"$ref":"#"}]}]}"##.to_owned(),
        format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{circle}}}}}"##),
    ] {
        assert!(matches!(refused(&text), SchemaError::Cycle { .. } | SchemaError::TooNested { .. }), "{text:.100}");
    }
}

#[test]
fn what_is_wrong_is_told_in_few_words() {
    let long = "x".repeat(900_000);
    let digits = "9".repeat(500_000);
    let places = (0..100)
        .fold("{}".to_owned(), |inner, _| format!(r#"{{"properties":{{"{}":{inner}}}}}"#, "~/".repeat(1_000)));
    for text in [
        format!(r#"{{"{long}":1}}"#),
        format!(r#"{{"properties":{{"{long}":1}}}}"#),
        format!(r#"{{"$ref":"{long}"}}"#),
        format!(r##"{{"$ref":"#/{long}"}}"##),
        format!(r#"{{"type":"{long}"}}"#),
        format!(r#"{{"contentEncoding":"{long}"}}"#),
        format!(r#"{{"minLength":{digits}}}"#),
        format!(r#"{{"maxItems":1e{digits}}}"#),
        format!(r#"{{"multipleOf":{digits}}}"#),
        format!(r#"{{"pattern":"{long}"}}"#),
        format!(r#"{{"a":1,"a":"{long}"}}"#),
        places.replace("{}", r#"{"not":{}}"#),
        long,
    ] {
        let _ = refused(&text);
    }
    assert!(matches!(
        refused(r#"{"type":"string","pattern":"(a+)+$"}"#),
        SchemaError::Unsupported { keyword, .. } if keyword == "pattern"
    ));
    for counts in ["99999999999999999999", "-1", "1.5", "1e3"] {
        for keyword in ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] {
            assert!(matches!(refused(&format!(r#"{{"{keyword}":{counts}}}"#)), SchemaError::Invalid { .. }));
        }
    }
    let inputs = format!(r#"{{"enum":["{}"]}}"#, "x".repeat(500_000));
    assert!(Parameters::compile(inputs).unwrap_err().to_string().len() < BEARABLE);
}

#[test]
fn comparing_ends() {
    let wide = |part: &str| {
        let fields = many(5_000, |n| format!(r##""f{n}":{part}"##));
        schema(&format!(
            r##"{{"type":"object","properties":{{{fields}}},"$defs":{{"E":{{"enum":[{}]}}}}}}"##,
            many(5_000, |n| format!(r#""{n}""#))
        ))
    };
    let recursive = wide(r##"{"type":"array","items":{"$ref":"#"}}"##);
    assert_ne!(recursive.fit(&recursive), Fit::Perhaps);
    let names = wide(
        r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/E"},"b":{"type":"array","items":{"$ref":"#"}}}}"##,
    );
    let _ = names.fit(&names);
    assert!(names.accepts(&names).is_ok());
    // Alternatives of alternatives, on both sides.
    let alternatives = |level: usize| {
        many(60, |n| format!(r##"{{"type":"array","items":{{"$ref":"#/$defs/l{}"}},"minItems":{n}}}"##, level + 1))
    };
    let levels = many(20, |level| format!(r#""l{level}":{{"anyOf":[{}]}}"#, alternatives(level)));
    let deep = schema(&format!(r##"{{"$ref":"#/$defs/l0","$defs":{{{levels},"l20":{{"type":"null"}}}}}}"##));
    assert!(deep.accepts(&deep).is_ok());
    let mismatch = deep.accepts(&schema(r#"{"type":"array","items":{"type":"array","items":{"type":"string"}}}"#));
    if let Err(mismatch) = mismatch {
        assert!(mismatch.to_string().len() < BEARABLE);
    }
}
