//! What the program says when it cannot do what it was asked to.

mod build;
mod failure;
mod history;
mod input;
mod load;

pub(crate) use build::{of_build_error, of_remark, remark_lines};
pub(crate) use failure::{backtrace_lines, of_failure};
pub(crate) use history::of_history_error;
pub(crate) use input::{Complaint, missing_parameter, of_input};
pub(crate) use load::{of_host_error, unfit_hint};

use crate::exit::Exit;

/// Why a command failed, for people, and how the program then ends.
///
/// The headline can be read alone. Texts may come from guests: the printer cleans them.
#[derive(Debug)]
pub(crate) struct Diagnosis {
    pub exit: Exit,
    /// What went wrong, without `error:`.
    pub headline: String,
    /// Lines to print as they are: fields, snippets, frames.
    pub body: Vec<String>,
    /// What caused it, the nearest cause first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hints: Vec<String>,
}

impl Diagnosis {
    pub(crate) fn new(exit: Exit, headline: impl Into<String>) -> Self {
        Self { exit, headline: headline.into(), body: Vec::new(), causes: Vec::new(), hints: Vec::new() }
    }

    /// Bad input or usage.
    pub(crate) fn usage(headline: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, headline)
    }

    #[must_use]
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.body.push(line.into());
        self
    }

    #[must_use]
    pub(crate) fn lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.body.extend(lines);
        self
    }

    #[must_use]
    pub(crate) fn cause(mut self, cause: impl ToString) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// All causes of an error that has some, without the error itself.
    #[must_use]
    pub(crate) fn causes_of(mut self, error: &dyn std::error::Error) -> Self {
        let mut cause = error.source();
        while let Some(error) = cause {
            self.causes.push(error.to_string());
            cause = error.source();
        }
        self
    }
}
