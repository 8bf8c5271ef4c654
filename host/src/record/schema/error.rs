//! Schemas that cannot be used, and schemas that do not go together.

use crate::record::path::FieldPath;
use crate::record::syntax::SyntaxError;

/// A schema that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The text is no JSON value.
    #[error("the schema is no JSON: {0}")]
    Syntax(#[from] SyntaxError),
    /// The schema is too large.
    #[error("the schema is too large: {size} bytes, and {limit} are allowed")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// The schema takes too much to compile: it has too many parts, or parts that refer to each other too often.
    #[error("the schema is too complex: it has more than {limit} {what}")]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// A keyword that is not supported. It is refused because ignoring it would let values pass that it forbids.
    #[error("unsupported keyword `{keyword}` at `{location}`")]
    Unsupported {
        /// The keyword, cut where it is long.
        keyword: String,
        /// Where, as a JSON pointer in a URI fragment: `#/properties/a`. Cut where it is long.
        location: String,
    },
    /// A keyword with a value that makes no sense.
    #[error("`{keyword}` at `{location}`: {message}")]
    Invalid {
        /// The keyword.
        keyword: String,
        /// Where, as a JSON pointer in a URI fragment.
        location: String,
        /// What is wrong.
        message: String,
    },
    /// References that lead back to where they came from without describing anything.
    #[error("the schema at `{location}` refers to itself without describing a value")]
    Cycle {
        /// Where, as a JSON pointer in a URI fragment.
        location: String,
    },
    /// Unions within unions, or `allOf` within `allOf`, beyond measure.
    #[error("the schema at `{location}` stacks more than {limit} unions on one value")]
    TooNested {
        /// Where, as a JSON pointer in a URI fragment.
        location: String,
        /// How many are allowed.
        limit: usize,
    },
    /// The schema is no object with one property for each parameter.
    #[error("the inputs of a task must be an object with one property for each parameter, not {found}")]
    NotParameters {
        /// What it is.
        found: String,
    },
}

/// Why values of one schema cannot be used where another is asked for.
///
/// Displays as `summary.count: a string does not fit an integer`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", prefix(.path))]
pub struct Mismatch {
    /// Where the two part; empty for the values themselves. The items of an array and the values of a map are written `[*]`.
    pub path: FieldPath,
    /// What the source gives.
    pub source_type: String,
    /// What is asked for.
    pub wanted_type: String,
    /// Both in a phrase.
    pub problem: String,
}

impl Mismatch {
    /// The same mismatch, where the values are the member `name` of another.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        self.path = std::mem::take(&mut self.path).within(name);
        self
    }
}

/// How well the values of one schema fit another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every value fits.
    Yes,
    /// Whether a value fits shows only when it is there.
    Perhaps,
    /// The types do not go together.
    No(Mismatch),
}

fn prefix(path: &FieldPath) -> String {
    if path.is_root() { String::new() } else { format!("{path}: ") }
}
