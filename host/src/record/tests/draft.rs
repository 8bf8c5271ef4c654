//! Inputs put together from flags.

use crate::record::{Draft, Json};

fn json(text: &str) -> Json {
    Json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_field_is_set_and_the_rest_keeps_its_text() {
    let mut draft = Draft::new();
    draft.set("batch", json(r#"{"requests": [ {"x": 1.10},  {"x": 2} ], "batch_id": "a"}"#)).unwrap();
    draft.set_path(&["batch", "batch_id"], json(r#""b""#)).unwrap();
    draft.set_path(&["batch", "requests", "1", "x"], json("3")).unwrap();
    draft.set_path(&["batch", "new", "inner"], json("[ ]")).unwrap();
    draft.set("count", json("1e2")).unwrap();
    assert_eq!(
        draft.finish().as_str(),
        r#"{"batch":{"requests":[{"x": 1.10},{"x":3}],"batch_id":"b","new":{"inner":[ ]}},"count":1e2}"#
    );
}

#[test]
fn the_order_of_the_flags_does_not_matter() {
    let steps: [fn(&mut Draft); 3] = [
        |draft| draft.merge_all(&json(r#"{"a":{"x":1,"y":1},"b":1}"#)).unwrap(),
        |draft| draft.set("a", json(r#"{"x":2,"y":2}"#)).unwrap(),
        |draft| draft.set_path(&["a", "x"], json("3")).unwrap(),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut draft = Draft::new();
        for step in order {
            steps[step](&mut draft);
        }
        assert_eq!(
            draft.finish().to::<serde_json::Value>().unwrap(),
            serde_json::json!({"a":{"x":3,"y":2},"b":1}),
            "{order:?}"
        );
    }
}

#[test]
fn all_inputs_at_once_are_taken_or_none_of_them() {
    let mut draft = Draft::new();
    draft.set_path(&["b", "x"], json("1")).unwrap();
    let error = draft.merge_all(&json(r#"{"a":1,"b":2,"c":3}"#)).unwrap_err().to_string();
    assert_eq!(error, "`b` has no fields to set: it is a number");
    assert_eq!(draft.finish().as_str(), r#"{"b":{"x":1}}"#);
}

#[test]
fn conflicts_are_errors_and_leave_the_draft_as_it_was() {
    let mut draft = Draft::new();
    draft.set("a", json(r#"{"x":[1],"n":null}"#)).unwrap();
    draft.set_path(&["a", "x", "0"], json("2")).unwrap();
    let deep = json(&format!("{}{}", "[".repeat(127), "]".repeat(127)));
    let said = [
        draft.set("a", json("1")).unwrap_err().to_string(),
        draft.set_path(&["a", "x", "0"], json("1")).unwrap_err().to_string(),
        draft.set_path(&["a", "x"], json("1")).unwrap_err().to_string(),
        draft.set_path(&["a", "x", "2"], json("1")).unwrap_err().to_string(),
        draft.set_path(&["a", "n", "z"], json("1")).unwrap_err().to_string(),
        draft.set("deep", deep.clone()).unwrap_err().to_string(),
        draft.set_path(&["a", "deep"], deep).unwrap_err().to_string(),
        draft.merge_all(&json("[1]")).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(said.join("\n"), @"
    `a` is given twice
    `a.x[0]` is given twice
    `a.x` is given twice
    `a.x` has no item `2`; it has 1
    `a.n` has no fields to set: it is null
    `deep` nests too deep; at most 127 levels are allowed
    `a` nests too deep; at most 127 levels are allowed
    all inputs together must be an object, got an array
    ");
    assert_eq!(draft.finish().as_str(), r#"{"a":{"x":[2],"n":null}}"#);
    assert_eq!(Draft::new().finish().as_str(), "{}");
}
