//! JSON Schemas (2020-12) of a task's inputs and output.

use crate::Value;
use crate::value::Parameter;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value as Json, json};

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
    generator: SchemaGenerator,
    properties: Map<String, Json>,
    required: Vec<Json>,
}

impl SchemaBuilder {
    /// No parameters so far.
    #[expect(clippy::new_without_default, reason = "for generated code only")]
    pub fn new() -> Self {
        let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        Self { generator, properties: Map::new(), required: Vec::new() }
    }

    /// Adds the next parameter.
    pub fn parameter<T: Value>(&mut self, name: &str, documentation: &str, default: Option<fn() -> Parameter<T>>) {
        let schema = self.generator.subschema_for::<T>().to_value();
        let mut schema = match schema {
            Json::Object(schema) => schema,
            // `true`: anything goes.
            _ => Map::new(),
        };
        if !documentation.is_empty() {
            schema.insert("description".into(), documentation.into());
        }
        match default {
            // A default beyond JSON's reach in serde_json (an i128 past 64 bits) is left out of the schema only.
            Some(default) => {
                if let Ok(default) = serde_json::to_value(default()) {
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
    pub fn finish<O: Value>(mut self) -> TaskSchemas {
        let mut inputs = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        });
        let definitions = self.generator.take_definitions(true);
        if !definitions.is_empty() {
            inputs["$defs"] = Json::Object(definitions);
        }
        let output = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let output = output.into_root_schema_for::<O>().to_value();
        TaskSchemas { inputs: inputs.to_string(), output: output.to_string() }
    }
}
