//! What the module promises, behaviour by behaviour.

mod accepts;
mod bad_input;
mod check_bombs;
mod draft;
mod hostile;
mod json;
mod json_cases;
mod parameters;
mod plain;
mod properties;

mod schema_bombs;
mod schemas;
mod syntax;
mod types;
mod yaml;

use crate::record::{InputError, Schema};

/// The schema of the page's `BatchRequest`, as `schemars` makes it.
const BATCH: &str = r##"{
  "title": "Inputs", "type": "object", "required": ["batch"], "additionalProperties": false,
  "properties": { "batch": { "$ref": "#/$defs/BatchRequest" } },
  "$defs": {
    "BatchRequest": {
      "type": "object", "additionalProperties": false, "required": ["requests"],
      "properties": {
        "requests": { "type": "array", "items": { "$ref": "#/$defs/InferenceRequest" } },
        "batch_id": { "type": "string", "default": "default" }
      }
    },
    "InferenceRequest": {
      "type": "object", "additionalProperties": false, "required": ["feature_a", "feature_b"],
      "properties": { "feature_a": { "type": "number", "format": "double" }, "feature_b": { "type": "number", "format": "double" } }
    }
  }
}"##;

fn schema(text: &str) -> Schema {
    Schema::compile(text).unwrap_or_else(|error| panic!("{text:.300}: {error}"))
}

/// What checking a text says: empty for a text that conforms.
fn report(schema: &Schema, text: &str) -> String {
    match schema.check(text) {
        Ok(()) => String::new(),
        Err(InputError::Syntax(error)) => match error.snippet() {
            Some(snippet) => format!("{error}\n{snippet}"),
            None => error.to_string(),
        },
        Err(error) => error.to_string(),
    }
}

/// Checks a table: schema, text, what the check says (empty: the text conforms).
fn table(rows: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (schema_text, text, expected) in rows {
        let said = report(&schema(schema_text), text);
        if said != *expected {
            wrong.push(format!("{schema_text}\n  {text}\n    expected: {expected}\n    said:     {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
