//! A function of a typed component, as a task.

use crate::component::typed::schema;
use crate::component::typed::wit_type::{Field, WitType};
use crate::component::{TaskPolicy, TaskSpec};
use crate::record::{Parameters, Schema, SchemaError};

/// What a function takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Field>,
    pub(crate) result: Option<WitType>,
    /// Where the function gives a `result`, its other side is the task's error.
    pub(crate) error: Option<Option<WitType>>,
}

/// A label of WIT as JSON and the command line have it.
pub(crate) fn snake(label: &str) -> String {
    label.replace('-', "_")
}

impl Signature {
    /// The function as a task of this name.
    pub(crate) fn spec(&self, name: String, environment: Option<String>, doc: String) -> TaskSpec {
        let (inputs, output) = self.schemas();
        TaskSpec { name, environment, doc, inputs, output, policy: TaskPolicy::default(), rights: Vec::new() }
    }

    /// Whether the schemas can be used: types may nest deeper than JSON may.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn check(&self) -> Result<(), SchemaError> {
        let (inputs, output) = self.schemas();
        Parameters::compile(inputs)?;
        Schema::compile(output).map(drop)
    }

    /// The schemas of its inputs and of its result.
    pub(crate) fn schemas(&self) -> (String, String) {
        let output = self.result.as_ref().map_or_else(|| r#"{"type":"null"}"#.to_owned(), WitType::schema);
        (schema::of_fields(&self.parameters), output)
    }
}
