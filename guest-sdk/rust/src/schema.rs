//! JSON Schemas (2020-12) of a task's inputs and output.

use crate::Value;
use crate::encode::check;
use crate::value::{Field, Parameter};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value as Json, json};

const META_SCHEMA: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schemas of a task, as JSON text.
#[derive(Debug, Clone)]
pub struct TaskSchemas {
    /// Of an object with one property a parameter.
    pub inputs: String,
    /// Of the result.
    pub output: String,
}

/// Collects the parameters. One generator makes all their schemas, so that types have one definition each.
#[derive(Debug)]
pub struct SchemaBuilder {
    task: &'static str,
    generator: SchemaGenerator,
    properties: Map<String, Json>,
    required: Vec<Json>,
}

impl SchemaBuilder {
    /// No parameters of `task` so far.
    pub fn new(task: &'static str) -> Self {
        let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        Self { task, generator, properties: Map::new(), required: Vec::new() }
    }

    /// Adds the next parameter.
    ///
    /// # Panics
    /// Where the default is not JSON (a NaN, say).
    #[track_caller]
    pub fn parameter<T: Value>(&mut self, name: &str, documentation: &str, default: Option<fn() -> Parameter<T>>) {
        let schema = self.generator.subschema_for::<T>().to_value();
        let mut schema = schema.as_object().cloned().unwrap_or_default();
        if !documentation.is_empty() {
            schema.insert("description".into(), documentation.into());
        }
        match default {
            // A default beyond JSON's reach in serde_json (an i128 past 64 bits) is left out of the schema only.
            Some(default) => {
                let default = default();
                if let Err(problem) = check(&default) {
                    panic!("task `{}`: the default of the parameter `{name}`: {problem}", self.task);
                }
                if let Ok(default) = serde_json::to_value(default) {
                    schema.insert("default".into(), default);
                }
            }
            None if T::IS_OPTIONAL => {
                schema.insert("default".into(), Json::Null);
            }
            None => self.required.push(name.into()),
        }
        self.properties.insert(name.to_owned(), Json::Object(schema));
    }

    /// All parameters are known, and the result is an `O`.
    pub fn finish<O: Value>(self) -> TaskSchemas {
        let Self { generator, properties, required, .. } = self;
        let inputs = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        let mut of_output = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let output = of_output.subschema_for::<O>().to_value();
        TaskSchemas { inputs: document(inputs, generator), output: document(output, of_output) }
    }
}

/// `value`, the default of `field` (`Record.field`), for the record's schema.
///
/// # Panics
/// Where it is not JSON (a NaN, say): schemars would write `null`, or nothing.
#[track_caller]
pub fn described_default<T: Field>(field: &str, value: T) -> T {
    if let Err(problem) = check(&value) {
        panic!("the default of the field `{field}`: {problem}");
    }
    value
}

/// A schema that stands alone: all its references are to its own `$defs`.
fn document(schema: Json, mut generator: SchemaGenerator) -> String {
    let mut document = Map::new();
    document.insert("$schema".into(), META_SCHEMA.into());
    // A schema can also be `true`: anything goes.
    document.extend(schema.as_object().cloned().unwrap_or_default());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        document.insert("$defs".into(), Json::Object(definitions));
    }
    Json::Object(document).to_string()
}
