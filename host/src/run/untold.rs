//! Failures without the secrets they may hold.

use std::borrow::Cow;

use crate::component::UnknownTask;
use crate::record::{FieldPath, InputError, Json, Problem, Violation};
use crate::rights::Secrets;
use crate::run::{Failure, RunContext, TaskError, TaskErrorKind, Trap};

impl RunContext {
    /// The value, where it may be told as it is: masked, it would be another.
    pub(super) fn without_secrets(&self, value: &Json) -> Option<Json> {
        let told = self.secrets().is_none_or(|secrets| matches!(secrets.mask(value.as_str()), Cow::Borrowed(_)));
        told.then(|| value.clone())
    }

    /// The failure as it may be told: without granted secrets.
    pub(super) fn untold(&self, failure: Failure) -> Failure {
        match self.secrets() {
            Some(secrets) => masked(failure, secrets),
            None => failure,
        }
    }

    /// Checks a text, and tells what is wrong with it without granted secrets.
    ///
    /// An error quotes what it is about, cut short, and a part of a secret is not recognised as one. So it has to be
    /// about a text in which the secrets are masked already.
    pub(super) fn check(
        &self,
        text: &str,
        check: impl Fn(&str) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        let Err(error) = check(text) else { return Ok(()) };
        let Some(Cow::Owned(masked)) = self.secrets().map(|secrets| secrets.mask(text)) else { return Err(error) };
        match (check(&masked), error) {
            (Err(masked @ InputError::Fields { .. }), InputError::Fields { .. })
            | (Err(masked @ InputError::Syntax(_)), InputError::Syntax(_)) => Err(masked),
            // What is wrong is the secret itself, as a number for example.
            _ => {
                let problem = Problem::Rule("a part that holds a secret does not conform to the schema".to_owned());
                let violation = Violation { path: FieldPath::root(), problem };
                Err(InputError::Fields { violations: vec![violation], more: 0 })
            }
        }
    }
}

fn masked(failure: Failure, secrets: &Secrets) -> Failure {
    let text = |text: String| owned(text, secrets);
    match failure {
        Failure::Task(error) => Failure::Task(error_masked(error, secrets)),
        Failure::RefusedInput(error) => Failure::RefusedInput(error_masked(error, secrets)),
        Failure::Replayed(error) => Failure::Replayed(error_masked(error, secrets)),
        Failure::InvalidOutput(reason) => Failure::InvalidOutput(text(reason)),
        Failure::Trap(Trap { message, backtrace }) => {
            Failure::Trap(Trap { message: text(message), backtrace: backtrace.into_iter().map(text).collect() })
        }
        Failure::Denied(denial) => Failure::Denied(denial.masked(secrets)),
        Failure::Host(reason) => Failure::Host(text(reason)),
        Failure::UnknownTask(unknown) => Failure::UnknownTask(match unknown {
            UnknownTask::None { name, nearest, known } => UnknownTask::None { name: text(name), nearest, known },
            UnknownTask::Unavailable { name, reason } => UnknownTask::Unavailable { name: text(name), reason },
            UnknownTask::Ambiguous { name, candidates } => UnknownTask::Ambiguous { name: text(name), candidates },
        }),
        // Its parts quote the input here and there: where one quotes a secret, only the masked text remains.
        Failure::InvalidInput(error) => match secrets.mask(&error.to_string()) {
            Cow::Borrowed(_) => Failure::InvalidInput(error),
            Cow::Owned(message) => Failure::RefusedInput(TaskError {
                kind: TaskErrorKind::InvalidInput,
                message,
                causes: Vec::new(),
                details: None,
                recoverable: false,
            }),
        },
        // What a divergence tells was masked before it was cut.
        told @ (Failure::Limit(_) | Failure::Aborted(_) | Failure::Diverged(_)) => told,
    }
}

fn error_masked(error: TaskError, secrets: &Secrets) -> TaskError {
    TaskError {
        message: owned(error.message, secrets),
        causes: error.causes.into_iter().map(|cause| owned(cause, secrets)).collect(),
        details: error.details.and_then(|details| match secrets.mask(details.as_str()) {
            Cow::Borrowed(_) => Some(details),
            // Where a secret was no text, what is left is no JSON.
            Cow::Owned(masked) => Json::parse(masked).ok(),
        }),
        ..error
    }
}

fn owned(text: String, secrets: &Secrets) -> String {
    match secrets.mask(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => masked,
    }
}
