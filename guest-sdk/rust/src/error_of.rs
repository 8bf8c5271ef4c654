//! What becomes of the error that a task returned, by what the error is. Generated code calls
//! `(&&&&ErrorOf(&error)).to_task_error()`; the compiler takes the first impl on the way down the references:
//! a `TaskError` as it is, an `Error` with its causes, a report (anyhow, eyre, `Box<dyn Error>`) with the causes of
//! the error it holds, and anything else as its text. The technique is dtolnay's autoref specialization.

use crate::TaskError;
use std::error::Error;
use std::fmt::Display;
use std::ops::Deref;

/// The error a task returned.
#[derive(Debug)]
pub struct ErrorOf<'a, E>(pub &'a E);

/// First: our own.
pub trait FromTaskError {
    /// The error as the host takes it.
    fn to_task_error(&self) -> TaskError;
}

impl FromTaskError for &&&ErrorOf<'_, TaskError> {
    fn to_task_error(&self) -> TaskError {
        self.0.clone()
    }
}

/// Second: an error that knows its causes.
pub trait FromError {
    /// The error as the host takes it.
    fn to_task_error(&self) -> TaskError;
}

impl<E: Error + 'static> FromError for &&ErrorOf<'_, E> {
    fn to_task_error(&self) -> TaskError {
        TaskError::from_dyn(self.0)
    }
}

/// Third: a report, which is not an error and derefs to one.
pub trait FromReport {
    /// The error as the host takes it.
    fn to_task_error(&self) -> TaskError;
}

impl<E: Deref<Target: AsError>> FromReport for &ErrorOf<'_, E> {
    fn to_task_error(&self) -> TaskError {
        TaskError::from_dyn(self.0.deref().as_error())
    }
}

/// The unsized errors that reports hold.
pub trait AsError {
    /// The error without its auto traits.
    fn as_error(&self) -> &(dyn Error + 'static);
}

impl AsError for dyn Error + 'static {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

impl AsError for dyn Error + Send + 'static {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

impl AsError for dyn Error + Send + Sync + 'static {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

/// Last: anything that has a text.
pub trait FromDisplay<E> {
    /// The error as the host takes it.
    fn to_task_error(&self) -> TaskError
    where
        E: Display;
}

impl<E> FromDisplay<E> for ErrorOf<'_, E> {
    fn to_task_error(&self) -> TaskError
    where
        E: Display,
    {
        TaskError::new(self.0.to_string())
    }
}
