//! Every kind of value passes through host and guest unchanged, and is checked by its schema on the way in.

use flyte_host_artifacts::TYPES;

use crate::support::{host, run};

/// Values that come back as they were sent, to the last digit.
const SAME: &[(&str, &[&str])] = &[
    ("echo_bool", &["true", "false"]),
    ("echo_u8", &["0", "255"]),
    ("echo_u16", &["65535"]),
    ("echo_u32", &["4294967295"]),
    ("echo_u64", &["18446744073709551615", "9007199254740993"]),
    ("echo_u128", &["340282366920938463463374607431768211455"]),
    ("echo_i8", &["-128", "127"]),
    ("echo_i16", &["-32768"]),
    ("echo_i32", &["-2147483648"]),
    ("echo_i64", &["-9223372036854775808", "9007199254740993"]),
    ("echo_i128", &["-170141183460469231731687303715884105728"]),
    ("echo_f32", &["1.5", "-0.25"]),
    ("echo_f64", &["0.1", "1e+300", "-0.0", "5e-324", "2.2250738585072014e-308"]),
    ("echo_string", &[r#""""#, r#""naïve ☃ 🎉""#, r#""line\nbreak \"quoted\" \\ \u0000""#]),
    ("echo_char", &[r#""x""#, r#""🎉""#]),
    ("echo_unit", &["null"]),
    ("echo_option", &["null", "7"]),
    ("echo_vec", &["[]", "[1,2,3]"]),
    ("echo_array", &["[1,2,3]"]),
    ("echo_tuple", &[r#"[1,"two",true]"#]),
    ("echo_btree_map", &[r#"{"a":1,"b":2}"#, "{}"]),
    ("echo_hash_map", &[r#"{"k":{"label":"x"}}"#]),
    ("echo_color", &[r#""Red""#, r#""Blue""#]),
    (
        "echo_shape",
        &[r#""Point""#, r#"{"Circle":1.5}"#, r#"{"Line":[1.0,2.0]}"#, r#"{"Box":{"width":1.0,"height":2.0}}"#],
    ),
    ("echo_outer", &[r#"{"inner":{"label":"a"},"list":[{"label":"b"}],"maybe":null}"#]),
    ("echo_tree", &[r#"{"value":1,"children":[{"value":2,"children":[]}]}"#]),
    ("echo_wrapper", &["7"]),
    ("echo_nothing", &["null"]),
    ("echo_timestamp", &[r#""2024-02-29T12:00:00Z""#, r#""2024-02-29T12:00:00.123456789Z""#]),
    ("echo_duration", &[r#""PT1H30M""#, r#""PT0.001S""#]),
    ("echo_bytes", &[r#""""#, r#""AAEC/w==""#]),
];

/// Values that are refused, and a part of the reason. An int for a float is fine; the other way round is not.
const REFUSED: &[(&str, &str, &str)] = &[
    ("echo_bool", "1", "expected true or false"),
    ("echo_u8", "256", "out of range"),
    ("echo_u8", "-1", "out of range"),
    ("echo_u8", "1.0", "expected an integer"),
    ("echo_u64", "18446744073709551616", "out of range"),
    ("echo_i64", "9223372036854775808", "out of range"),
    ("echo_u128", "340282366920938463463374607431768211456", "out of range"),
    ("echo_f32", "1e300", "out of range"),
    ("echo_f64", "1e400", "out of range"),
    ("echo_f64", r#""1.5""#, "expected a number"),
    ("echo_f64", "null", "expected a number"),
    ("echo_string", "7", "expected a string"),
    ("echo_char", r#""xy""#, "value"),
    ("echo_unit", "0", "expected null"),
    ("echo_option", r#""7""#, "expected"),
    ("echo_array", "[1,2]", "value"),
    ("echo_tuple", r#"[1,2,true]"#, "value[1]"),
    ("echo_btree_map", r#"{"a":"1"}"#, "value.a"),
    ("echo_color", r#""Rde""#, "Red"),
    ("echo_shape", r#"{"Circel":1}"#, "Circle"),
    ("echo_shape", r#"{"Box":{"width":1}}"#, "height: missing"),
    ("echo_outer", r#"{"inner":{"label":"a","extra":1},"list":[]}"#, "value.inner.extra: unknown field"),
    (
        "echo_tree",
        r#"{"value":1,"children":[{"value":2,"children":[{"value":"x","children":[]}]}]}"#,
        "value.children[0].children[0].value",
    ),
    ("echo_timestamp", r#""yesterday""#, "value"),
    ("echo_duration", r#""soon""#, "value"),
    ("echo_bytes", r#""not base64!""#, "value"),
];

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_were_sent() {
    let mut surprises = Vec::new();
    for (task, values) in SAME {
        for value in *values {
            match run(TYPES, task, &format!(r#"{{"value":{value}}}"#)).await {
                Ok(back) if back == *value => {}
                other => surprises.push(format!("{task} of {value}: {other:?}")),
            }
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_the_wrong_type_are_refused() {
    let mut surprises = Vec::new();
    for (task, value, expected) in REFUSED {
        match run(TYPES, task, &format!(r#"{{"value":{value}}}"#)).await {
            Err(failure) if failure.to_string().contains(expected) => {}
            other => surprises.push(format!("{task} of {value}: {other:?}")),
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_has_its_case_and_its_output_fits_its_input() {
    let host = host(TYPES).await;
    assert_eq!(host.catalog().tasks().len(), SAME.len());
    for task in host.catalog().tasks() {
        assert!(SAME.iter().any(|(name, _)| *name == task.name()), "no case for {}", task.name());
        let parameter = task.inputs().get("value").expect("the one parameter");
        parameter.schema.accepts(task.output()).unwrap_or_else(|why| panic!("{}: {why}", task.name()));
    }
}
