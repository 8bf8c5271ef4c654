//! Where in a value something is wrong: `batch.requests[1].feature_b`.

use std::borrow::Cow;
use std::fmt;

/// One step down into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Field(Cow<'static, str>),
    Index(usize),
}

/// What is wrong, and where. The steps are innermost first: they are pushed on the way out.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) steps: Vec<Step>,
    pub(crate) reason: String,
}

impl Problem {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { steps: Vec::new(), reason: reason.into() }
    }

    /// The same, seen from one level further out.
    pub(crate) fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.steps.iter().rev().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Field(name) if !is_plain(name) => write!(f, "[{name:?}]")?,
                Step::Field(name) if depth == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
            }
        }
        if !self.steps.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.reason)
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
