//! What is wrong with a value that is JSON but does not conform to its schema.

use std::fmt::{self, Display, Formatter};

use crate::record::choices::Choices;
use crate::record::path::FieldPath;
use crate::record::syntax::SyntaxError;

/// An input that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The text is no JSON value at all.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The value does not conform to its schema. Displays one violation a line.
    #[error("{}", lines(.violations, *.more))]
    Fields {
        /// In the order of the text; those of an object's missing fields come at its end.
        violations: Vec<Violation>,
        /// How many there are beyond those listed.
        more: usize,
    },
}

impl InputError {
    /// The same error, where the value that was checked is the member `name` of another.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        if let Self::Fields { violations, .. } = &mut self {
            for violation in violations {
                violation.path = std::mem::take(&mut violation.path).within(name);
            }
        }
        self
    }

    /// The violations; empty for a syntax error.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Syntax(_) => &[],
            Self::Fields { violations, .. } => violations,
        }
    }
}

/// One way in which a value does not conform to its schema.
///
/// Displays as one line: `batch.requests[1].feature_b: missing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where; empty for the value itself.
    pub path: FieldPath,
    /// What.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A required field is not there.
    #[error("missing")]
    Missing,
    /// The object has a field that its schema does not know.
    #[error("unknown field{}", hint("fields", .nearest.as_deref(), .known))]
    UnknownField {
        /// The known name that looks most like it.
        nearest: Option<String>,
        /// The known names.
        known: Choices,
    },
    /// The task has no such parameter.
    #[error("unknown parameter{}", hint("parameters", .nearest.as_deref(), .known))]
    UnknownParameter {
        /// The known name that looks most like it.
        nearest: Option<String>,
        /// The known names.
        known: Choices,
    },
    /// The value is of another type.
    #[error("expected {expected}, got {got}")]
    WrongType {
        /// What the schema wants, with its article: `a number`.
        expected: String,
        /// What came, shortened: `the string "1.5"`.
        got: String,
    },
    /// A number is too large or too small.
    #[error("{value} is out of range{}", bounds(.of.as_deref(), .range.as_deref()))]
    OutOfRange {
        /// The number as it came, shortened.
        value: String,
        /// The type whose range it is, such as `uint8`.
        of: Option<String>,
        /// The range, such as `0 to 255`.
        range: Option<String>,
    },
    /// The value is none of a fixed list.
    #[error("{got} is not one of {}{}", .allowed, meant(.nearest.as_deref()))]
    NotAllowed {
        /// What came, shortened.
        got: String,
        /// The list, as JSON without the quotes of strings.
        allowed: Choices,
        /// The name of the list that looks most like it.
        nearest: Option<String>,
    },
    /// The value fits none of the alternatives of a union.
    #[error("fits none of {}{}", .alternatives, nearest_alternative(.nearest.as_deref()))]
    NoAlternative {
        /// The types of the alternatives.
        alternatives: Choices,
        /// The alternative with the fewest violations, and its first violation.
        nearest: Option<Box<(String, Violation)>>,
    },
    /// Any other rule that is broken, as a phrase: `expected 3 items, got 2`.
    #[error("{0}")]
    Rule(String),
}

impl Display for Violation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.path.is_root() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}", self.problem)
    }
}

fn lines(violations: &[Violation], more: usize) -> String {
    let mut lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

fn hint(what: &str, nearest: Option<&str>, known: &Choices) -> String {
    match (nearest, known) {
        (Some(nearest), _) => format!("; did you mean `{nearest}`?"),
        (None, known) if known.is_empty() => format!("; there are no {what}"),
        (None, known) => format!("; known {what}: {known}"),
    }
}

fn bounds(of: Option<&str>, range: Option<&str>) -> String {
    let of = of.map(|name| format!(" for {name}")).unwrap_or_default();
    let range = range.map(|range| format!(" ({range})")).unwrap_or_default();
    of + &range
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

fn nearest_alternative(nearest: Option<&(String, Violation)>) -> String {
    nearest.map(|(name, violation)| format!("; the nearest is {name}: {violation}")).unwrap_or_default()
}
