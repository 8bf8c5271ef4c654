//! What `#[task]` says of a function.

use crate::schema::TaskSchemas;
use crate::{TaskError, Value};
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

/// A task that runs in this instance.
pub type Running = Pin<Box<dyn Future<Output = Result<String, TaskError>>>>;

/// The type that `#[task]` puts beside a function of the same name.
///
/// It is an argument of [`testing::describe`](crate::testing::describe); only `#[task]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task of this component",
    label = "not a task",
    note = "put `#[task]` on a function; a task declared with `#[task(external)]` belongs to another component"
)]
pub trait Task {
    /// The task's name.
    const NAME: &'static str;
    #[doc(hidden)]
    const ENVIRONMENT: Option<&'static str>;
    #[doc(hidden)]
    const DOCUMENTATION: &'static str;
    #[doc(hidden)]
    const POLICY: Policy;
    #[doc(hidden)]
    const RIGHTS: &'static [Right];

    #[doc(hidden)]
    fn schemas() -> TaskSchemas;
    #[doc(hidden)]
    fn run(inputs: String) -> Running;
}

/// What `#[task(external)]` asks of its function, in vain: the function is there to say why it can't be called.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a task of another component: it can be invoked, not called",
    label = "can't be called",
    note = "write `{Self}::invoke(…).await`"
)]
pub trait Callable {}

/// How the host is to run a task.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of `task-policy` in task.wit")]
pub struct Policy {
    pub retries: u32,
    pub backoff_initial: Duration,
    pub backoff_factor: f64,
    pub backoff_cap: Option<Duration>,
    pub retry_on_trap: bool,
    pub retry_on_limit: bool,
    pub max_runtime: Option<Duration>,
    pub cache: Cache,
    pub reuse: Reuse,
}

/// When a result may be taken from an earlier action, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `cache-policy` in task.wit")]
pub struct Cache {
    pub behavior: CacheBehavior,
    pub ignored_inputs: &'static [&'static str],
    pub serialize: bool,
    pub max_age: Option<Duration>,
}

/// From which earlier actions a result may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are those of `cache-behavior` in task.wit")]
pub enum CacheBehavior {
    Disable,
    Auto,
    Version(&'static str),
}

/// Whether an instance may run other actions after its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// As the component has it.
    Inherited,
    /// Never.
    Never,
    /// In this way, whatever the component has.
    Policy(ReusePolicy),
}

/// How an instance is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `reuse-policy` in task.wit")]
pub struct ReusePolicy {
    pub max_uses: u32,
    pub idle_ttl: Duration,
    pub concurrency: u32,
    pub scope: ReuseScope,
}

/// Which actions share instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are those of `reuse-scope` in task.wit")]
pub enum ReuseScope {
    Run,
    Global,
}

/// Something outside the sandbox that a task declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// Of which kind it is.
    pub kind: RightKind,
    /// The directory, the variable's name or the network target.
    pub argument: &'static str,
    /// Whether the task copes without.
    pub optional: bool,
}

/// The kinds of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are those of `capability` in task.wit")]
pub enum RightKind {
    Read,
    Write,
    Env,
    Net,
}

impl fmt::Display for Right {
    /// As the host shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            RightKind::Read => "read",
            RightKind::Write => "write",
            RightKind::Env => "env",
            RightKind::Net => "net",
        };
        write!(f, "{kind} {}{}", self.argument, if self.optional { " (optional)" } else { "" })
    }
}

/// What a task's function returns: a value, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "a task can't return `{Self}`",
    label = "not a value type",
    note = "add `#[record]` to `{Self}` if the type is yours; if it is of another crate, return a `#[record]` newtype",
    note = "a task returns a value, or a `Result` of a value and an error"
)]
pub trait TaskReturn {
    /// The value of success. That it is a [`Value`] is asked where it is used: the error is then about it alone.
    type Value;
    /// The error; [`Infallible`] where the function can't fail.
    type Error;

    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Value, Self::Error>;
}

impl<T: Value> TaskReturn for T {
    type Value = T;
    type Error = Infallible;

    fn into_result(self) -> Result<T, Infallible> {
        Ok(self)
    }
}

// No overlap with the impl above: `Result` is not a `Value`, and only this crate could make it one.
impl<T, E> TaskReturn for Result<T, E> {
    type Value = T;
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}
