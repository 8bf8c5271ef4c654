//! A function of a typed component: what it takes and gives, as types and as schemas.

use crate::component::typed::schema;
use crate::component::typed::wit_type::{Field, WitType};
use crate::record::{Parameters, Schema, SchemaError};

/// What a function takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Field>,
    pub(crate) result: Option<WitType>,
    /// Where the function gives a `result`, its other side is the task's error.
    pub(crate) error: Option<Option<WitType>>,
}

/// The schemas of what a function takes and gives.
#[derive(Debug, Clone)]
pub(crate) struct Schemas {
    pub(crate) inputs: Parameters,
    pub(crate) output: Schema,
    pub(crate) error: ErrorSchema,
}

/// What a function gives as an error.
#[derive(Debug, Clone)]
pub(crate) enum ErrorSchema {
    /// None: its result is no `result`.
    Never,
    /// One without a value.
    Empty,
    /// A text: the error's message.
    Text,
    /// A value: the error's details.
    Details(Schema),
}

/// A label of WIT as JSON and the command line have it.
pub(crate) fn snake(label: &str) -> String {
    label.replace('-', "_")
}

impl Signature {
    /// Its schemas.
    ///
    /// # Errors
    /// What is wrong with them: types may nest deeper than JSON may.
    pub(crate) fn schemas(&self) -> Result<Schemas, SchemaError> {
        let output = self.result.as_ref().map_or_else(|| r#"{"type":"null"}"#.to_owned(), WitType::schema);
        Ok(Schemas {
            inputs: Parameters::compile(schema::of_fields(&self.parameters))?,
            output: Schema::compile(output)?,
            error: match &self.error {
                None => ErrorSchema::Never,
                Some(None) => ErrorSchema::Empty,
                Some(Some(WitType::String)) => ErrorSchema::Text,
                Some(Some(ty)) => ErrorSchema::Details(Schema::compile(ty.schema())?),
            },
        })
    }
}
