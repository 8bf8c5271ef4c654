//! The parameters of a task.

use crate::record::{Parameters, nearest};

#[test]
fn parameters_come_in_order_with_what_a_command_line_needs() {
    let parameters = Parameters::compile(
        r##"{"type":"object","required":["zeta"],"additionalProperties":false,"properties":{
            "zeta":{"description":"The first.","$ref":"#/$defs/Zeta"},"batch_id":{"type":"string","default":"d"}},
            "$defs":{"Zeta":{"type":"object","properties":{"x":{"type":"integer"}}}}}"##,
    )
    .unwrap();
    let told: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            format!(
                "{} {} {} {:?} {:?}",
                parameter.name,
                parameter.schema.type_name(),
                parameter.required,
                parameter.default.as_ref().map(ToString::to_string),
                parameter.description
            )
        })
        .collect();
    assert_eq!(told, [r#"zeta Zeta true None Some("The first.")"#, r#"batch_id string false Some("\"d\"") None"#]);
    assert_eq!(parameters.get("batch-id").unwrap().name, "batch_id");
    assert!(parameters.get("batch id").is_none());
    assert_eq!(parameters.nearest("btch-id"), Some("batch_id"));
    assert_eq!(parameters.len(), 2);
}

#[test]
fn inputs_are_an_object() {
    for text in ["true", r#"{"type":"array"}"#, r#"{"type":["object","null"]}"#] {
        let error = Parameters::compile(text).unwrap_err().to_string();
        assert!(error.starts_with("the inputs of a task must be an object"), "{error}");
    }
    assert!(Parameters::compile(r#"{"type":"object","additionalProperties":false}"#).unwrap().is_empty());
}

#[test]
fn the_nearest_name() {
    let names = ["process_batch", "predict_one", "summarize_results"];
    for (name, expected) in [
        ("proces_batch", Some("process_batch")),
        ("process-batch", Some("process_batch")),
        ("PREDICT_ONE", Some("predict_one")),
        ("summarize", Some("summarize_results")),
        ("train", None),
        ("", None),
    ] {
        assert_eq!(nearest(name, names), expected, "{name}");
    }
    assert_eq!(nearest("x", []), None);
}
