//! Every kind of bad input, and the message it gets.

use crate::record::tests::BATCH;
use crate::record::{Json, Parameters};

/// The messages for a text given as the inputs of `process_batch`.
fn say(inputs: &str) -> String {
    let parameters = Parameters::compile(BATCH).expect("the schema compiles");
    match parameters.check(inputs) {
        Ok(()) => "fine".to_owned(),
        Err(crate::record::InputError::Syntax(error)) => {
            format!("{error}\n{}", error.snippet().unwrap_or_default())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn good_input_is_fine() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2.5e0}],"batch_id":"b"}}"#), @"fine");
    insta::assert_snapshot!(say(r#" { "batch" : { "requests" : [ ] } } "#), @"fine");
}

#[test]
fn a_missing_field_at_any_depth() {
    insta::assert_snapshot!(say(r"{}"), @"batch: missing");
    insta::assert_snapshot!(say(r#"{"batch":{}}"#), @"batch.requests: missing");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":1}]}}"#), @"batch.requests[1].feature_b: missing");
}

#[test]
fn a_wrong_type_says_what_was_expected_and_what_came() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":"1.5","feature_b":true}]}}"#), @r#"
    batch.requests[0].feature_a: expected a number, got the string "1.5"
    batch.requests[0].feature_b: expected a number, got true
    "#);
    insta::assert_snapshot!(say(r#"{"batch":null}"#), @"batch: expected BatchRequest (an object), got null");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":{"feature_a": [1, 2, {"x": "a long text that does not end"}]},"batch_id":7}}"#), @r#"
    batch.requests: expected an array, got the object {"feature_a":[1,2,{"x":"a long text that…
    batch.batch_id: expected a string, got 7
    "#);
}

#[test]
fn an_unknown_field_gets_the_nearest_known_name_or_all_of_them() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[],"btch_id":"x"}}"#), @"batch.btch_id: unknown field; did you mean `batch_id`?");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[],"colour":"x"}}"#), @"batch.colour: unknown field; known fields: `requests`, `batch_id`");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[]},"bach":{}}"#), @"bach: unknown parameter; known parameters: `batch`");
}

#[test]
fn inputs_that_are_no_object() {
    insta::assert_snapshot!(say("[1,2]"), @"expected an object with the inputs by name, got the array [1,2]");
    insta::assert_snapshot!(say(r#""batch""#), @r#"expected an object with the inputs by name, got the string "batch""#);
}

#[test]
fn malformed_json_has_line_column_and_caret() {
    insta::assert_snapshot!(say("{\"batch\": {\n  \"requests\": [1 2]\n}}"), @r#"
    malformed JSON at line 2, column 18: expected `,` or `]`, found `2`
      "requests": [1 2]
                     ^
    "#);
    insta::assert_snapshot!(say(r#"{"batch": {"requests": []}"#), @r#"
    malformed JSON at line 1, column 27: expected `,` or `}`, found the end of the text
    {"batch": {"requests": []}
                              ^
    "#);
    insta::assert_snapshot!(say(""), @"malformed JSON at line 1, column 1: expected a value, found the end of the text");
    insta::assert_snapshot!(say("{'batch': 1}"), @"
    malformed JSON at line 1, column 2: expected a key in double quotes or `}`, found `'`
    {'batch': 1}
     ^
    ");
    insta::assert_snapshot!(say(r#"{"batch": NaN}"#), @r#"
    malformed JSON at line 1, column 11: expected a value, found `NaN`; JSON has neither NaN nor infinities
    {"batch": NaN}
              ^
    "#);
    insta::assert_snapshot!(say(r#"{"batch": {"requests": [],}}"#), @r#"
    malformed JSON at line 1, column 26: a comma before `}`, where another key should follow
    {"batch": {"requests": [],}}
                             ^
    "#);
    insta::assert_snapshot!(say(r#"{"batch": 1} extra"#), @r#"
    malformed JSON at line 1, column 14: expected the end of the text, found `extra`
    {"batch": 1} extra
                 ^
    "#);
}

#[test]
fn a_duplicate_key_is_named_with_its_object() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2,"feature_a":3}]}}"#), @r#"
    duplicate key `feature_a` in `batch.requests[0]` at line 1, column 52
    {"batch":{"requests":[{"feature_a":1,"feature_b":2,"feature_a":3}]}}
                                                       ^
    "#);
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[]},"b\u0061tch":{"requests":[]}}"#), @r#"
    duplicate key `batch` at line 1, column 26
    {"batch":{"requests":[]},"b\u0061tch":{"requests":[]}}
                             ^
    "#);
}

#[test]
fn deep_nesting_is_refused() {
    insta::assert_snapshot!(say(&"[".repeat(10_000)), @"
    nested more than 127 deep at line 1, column 128
    …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
                                                              ^
    ");
}

#[test]
fn invalid_utf8_says_where() {
    insta::assert_snapshot!(Json::from_utf8(b"{\"name\": \"J\xfcrgen\"}".to_vec()).unwrap_err(), @"invalid UTF-8 at byte 11 (line 1, column 12)");
}

#[test]
fn all_violations_of_an_input_are_reported_together() {
    insta::assert_snapshot!(
        say(r#"{"batch":{"requests":[{"feature_a":"x"},null,{"feature_a":1,"feature_b":1e400,"feature_c":0}],"batch_id":null},"extra":1}"#),
        @r#"
    batch.requests[0].feature_a: expected a number, got the string "x"
    batch.requests[0].feature_b: missing
    batch.requests[1]: expected InferenceRequest (an object), got null
    batch.requests[2].feature_b: 1e400 is out of range for double
    batch.requests[2].feature_c: unknown field; known fields: `feature_a`, `feature_b`
    batch.batch_id: expected a string, got null
    extra: unknown parameter; known parameters: `batch`
    "#
    );
    let many = format!(r#"{{"batch":{{"requests":[{}]}}}}"#, vec!["1"; 150].join(","));
    let said = say(&many);
    assert_eq!(said.lines().count(), 101);
    assert!(said.ends_with("and 50 more"), "{said}");
}
