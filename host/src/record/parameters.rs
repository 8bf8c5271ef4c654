//! The parameters of a task.

use indexmap::IndexMap;

use crate::record::json::{Json, JsonKind};
use crate::record::nearest::nearest;
use crate::record::schema::{Schema, SchemaError};
use crate::record::violation::{InputError, Problem};

/// The parameters of a task, compiled from the schema of its inputs. A clone shares the schema.
#[derive(Clone, Debug)]
pub struct Parameters {
    schema: Schema,
    parameters: IndexMap<String, Parameter>,
}

/// One parameter of a task.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name, as the task has it.
    pub name: String,
    /// What its value must be.
    pub schema: Schema,
    /// Whether it must be given.
    pub required: bool,
    /// What it is when it is not given, where the schema tells.
    pub default: Option<Json>,
    /// What it is for.
    pub description: Option<String>,
}

impl Parameters {
    /// Compiles a task's `inputs` schema: an object with one property for each parameter, in order.
    ///
    /// # Errors
    /// The schema is refused by [`Schema::compile`], or describes anything but an object.
    pub fn compile(text: impl Into<String>) -> Result<Self, SchemaError> {
        let schema = Schema::compile(text)?;
        let only_objects = schema.allows(JsonKind::Object)
            && [JsonKind::Null, JsonKind::Boolean, JsonKind::Number, JsonKind::String, JsonKind::Array]
                .into_iter()
                .all(|kind| !schema.allows(kind));
        if !only_objects {
            return Err(SchemaError::NotParameters { found: schema.type_name() });
        }
        let parameters = schema.properties().into_iter().map(|property| {
            let parameter = Parameter {
                default: property.schema.default(),
                description: property.schema.description().map(ToOwned::to_owned),
                name: property.name.clone(),
                schema: property.schema,
                required: property.required,
            };
            (property.name, parameter)
        });
        Ok(Self { parameters: parameters.collect(), schema })
    }

    /// The parameters, in the order in which the task declares them.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Parameter> {
        self.parameters.values()
    }

    /// The parameter of that name; where there is none, `kebab-case` is taken for `snake_case`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name).or_else(|| self.parameters.get(&name.replace('-', "_")))
    }

    /// Whether there is a parameter of exactly that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.parameters.contains_key(name)
    }

    /// The name of the parameter that looks most like `name`.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.parameters.keys().map(String::as_str))
    }

    /// Checks the inputs of a task, one object with a member for each parameter given: paths begin with the
    /// parameter's name, and a required parameter that is not there is a violation.
    ///
    /// # Errors
    /// Those of [`Schema::check`].
    pub fn check(&self, text: &str) -> Result<(), InputError> {
        self.schema.check(text).map_err(|mut error| {
            if let InputError::Fields { violations, .. } = &mut error {
                for violation in violations.iter_mut().filter(|violation| violation.path.steps().len() <= 1) {
                    violation.problem = match std::mem::replace(&mut violation.problem, Problem::Missing) {
                        Problem::UnknownField { nearest, known } => Problem::UnknownParameter { nearest, known },
                        Problem::WrongType { got, .. } if violation.path.is_root() => {
                            Problem::WrongType { expected: "an object with the inputs by name".to_owned(), got }
                        }
                        problem => problem,
                    };
                }
            }
            error
        })
    }

    /// How many parameters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The schema of all inputs together.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }
}
