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
    insta::assert_snapshot!(say(r"{}"), @"");
    insta::assert_snapshot!(say(r#"{"batch":{}}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":1}]}}"#), @"");
}

#[test]
fn a_wrong_type_says_what_was_expected_and_what_came() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":"1.5","feature_b":true}]}}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch":null}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":{"feature_a": [1, 2, {"x": "a long text that does not end"}]},"batch_id":7}}"#), @"");
}

#[test]
fn an_unknown_field_gets_the_nearest_known_name_or_all_of_them() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[],"btch_id":"x"}}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[],"colour":"x"}}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[]},"bach":{}}"#), @"");
}

#[test]
fn inputs_that_are_no_object() {
    insta::assert_snapshot!(say("[1,2]"), @"");
    insta::assert_snapshot!(say(r#""batch""#), @"");
}

#[test]
fn malformed_json_has_line_column_and_caret() {
    insta::assert_snapshot!(say("{\"batch\": {\n  \"requests\": [1 2]\n}}"), @"");
    insta::assert_snapshot!(say(r#"{"batch": {"requests": []}"#), @"");
    insta::assert_snapshot!(say(""), @"");
    insta::assert_snapshot!(say("{'batch': 1}"), @"");
    insta::assert_snapshot!(say(r#"{"batch": NaN}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch": {"requests": [],}}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch": 1} extra"#), @"");
}

#[test]
fn a_duplicate_key_is_named_with_its_object() {
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2,"feature_a":3}]}}"#), @"");
    insta::assert_snapshot!(say(r#"{"batch":{"requests":[]},"b\u0061tch":{"requests":[]}}"#), @"");
}

#[test]
fn deep_nesting_is_refused() {
    insta::assert_snapshot!(say(&"[".repeat(10_000)), @"");
}

#[test]
fn invalid_utf8_says_where() {
    insta::assert_snapshot!(Json::from_utf8(b"{\"name\": \"J\xfcrgen\"}".to_vec()).unwrap_err(), @"");
}

#[test]
fn all_violations_of_an_input_are_reported_together() {
    insta::assert_snapshot!(
        say(r#"{"batch":{"requests":[{"feature_a":"x"},null,{"feature_a":1,"feature_b":1e400,"feature_c":0}],"batch_id":null},"extra":1}"#),
        @""
    );
    let many = format!(r#"{{"batch":{{"requests":[{}]}}}}"#, vec!["1"; 150].join(","));
    let said = say(&many);
    assert_eq!(said.lines().count(), 101);
    assert!(said.ends_with("and 50 more"), "{said}");
}
