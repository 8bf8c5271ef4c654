//! Records: values that conform to a schema, and errors that carry a field path.
//!
//! A value is a [`Json`]: text, which passes from task to task as it is and is never turned into a tree on the way. A
//! [`Schema`] is compiled once and checks text in one pass; what is wrong is an [`InputError`] with all [`Violation`]s,
//! each with its [`FieldPath`]. [`Parameters`] are the schema of a task's inputs, [`plain::read`] and [`Draft`] make
//! inputs from what a person writes, and [`Schema::accepts`] tells before anything runs whether one task's output feeds
//! the next.
//!
//! Nothing here knows of tasks' components, of runs or of printing.

pub(crate) mod canonical;
mod check;
mod choices;
mod cut;
mod decimal;
mod draft;
mod encode;
mod json;
mod keys;
mod layout;
mod level;
mod literal;
mod nearest;
mod parameters;
mod path;
pub mod plain;
pub(crate) mod reader;
mod schema;
mod snippet;
mod syntax;
mod tree;
mod violation;
mod yaml;

pub use choices::Choices;
pub use draft::{Draft, DraftError};
pub use json::{ConvertError, Json, JsonKind};
pub(crate) use layout::quote;
pub use nearest::nearest;
pub use parameters::{Parameter, Parameters};
pub(crate) use path::Trail;
pub use path::{FieldPath, Step};
pub use plain::PlainError;
pub use schema::{Fit, Mismatch, Property, Schema, SchemaError, Shape};
pub use syntax::{SyntaxCause, SyntaxError};
pub use violation::{InputError, Problem, Violation};

/// How deep arrays and objects may nest. `serde_json` in a guest draws the same line.
pub const MAX_DEPTH: usize = 127;

#[cfg(test)]
mod tests;
