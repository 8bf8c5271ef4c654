//! Errors that cross between sandboxes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error;
use std::fmt;

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The task returned an error.
    Task,
    /// The inputs don't conform to the task's schema.
    InvalidInput,
    /// A value can't be passed on: it is not JSON (a NaN, say) or does not conform to its schema.
    InvalidOutput,
    /// No loaded component has a task of that name.
    UnknownTask,
    /// The child trapped: it panicked, say.
    Trap,
    /// The child hit a limit: time, memory …
    Limit,
    /// A capability was not granted.
    Denied,
    /// The child was aborted.
    Aborted,
    /// The host failed; neither the task nor its inputs are to blame.
    Host,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Task => "task",
            Self::InvalidInput => "invalid-input",
            Self::InvalidOutput => "invalid-output",
            Self::UnknownTask => "unknown-task",
            Self::Trap => "trap",
            Self::Limit => "limit",
            Self::Denied => "denied",
            Self::Aborted => "aborted",
            Self::Host => "host",
        })
    }
}

/// How many causes are told of either end of a long chain: what came up through a deep recursion stays readable.
const CAUSES_AT_EACH_END: usize = 8;

/// Why a task or a child action failed.
///
/// A task returns one, or any other error: see [`task`](macro@crate::task). An
/// [`Invocation`](crate::Invocation) gives one where the child fails; passed on with `?`, it keeps its details and
/// whether it is recoverable, and its message says which task failed: of a failure that came up through several tasks,
/// the one in which it began. Of more than 17 causes the first and the last 8 are passed on.
///
/// What a task returns is the task's own failure: its kind is [`ErrorKind::Task`], unless the task's own inputs or
/// output are to blame, never its child's kind.
///
/// ```
/// use flyte_guest::{ErrorKind, TaskError};
///
/// let error = TaskError::permanent("no such model").with_details(&("resnet", 50));
/// assert_eq!(error.kind(), ErrorKind::Task);
/// assert!(!error.is_recoverable());
/// assert_eq!(error.details(), Some(r#"["resnet",50]"#));
/// ```
#[derive(Clone)]
pub struct TaskError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    causes: Vec<String>,
    details: Option<String>,
    recoverable: bool,
    task: Option<String>,
    item: Option<usize>,
}

impl TaskError {
    /// A failure after which another attempt may succeed.
    pub fn new(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Task, message, true)
    }

    /// A failure that no further attempt can mend: the task is not retried.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Task, message, false)
    }

    /// What a task that returned `error` would fail with: its message, and what caused it.
    ///
    /// A `TaskError` among the causes hands on its details and whether it is recoverable.
    ///
    /// ```
    /// # use flyte_guest::TaskError;
    /// fn read(path: &str) -> Result<String, TaskError> {
    ///     std::fs::read_to_string(path).map_err(TaskError::from_error)
    /// }
    /// assert!(read("/nowhere").unwrap_err().is_recoverable());
    /// ```
    pub fn from_error(error: impl Error + 'static) -> Self {
        Self::from_dyn(&error)
    }

    pub(crate) fn from_dyn(error: &(dyn Error + 'static)) -> Self {
        if let Some(error) = error.downcast_ref::<Self>() {
            return error.clone();
        }
        let mut converted = Self::new(error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            converted.0.causes.push(error.to_string());
            if let Some(inner) = error.downcast_ref::<Self>() {
                converted.0.causes.extend_from_slice(&inner.0.causes);
                converted.0.details.clone_from(&inner.0.details);
                converted.0.recoverable = inner.0.recoverable;
            }
            cause = error.source();
        }
        converted
    }

    pub(crate) fn of_kind(kind: ErrorKind, message: impl Into<String>, recoverable: bool) -> Self {
        let message = message.into();
        Self(Box::new(Inner {
            kind,
            message,
            causes: Vec::new(),
            details: None,
            recoverable,
            task: None,
            item: None,
        }))
    }

    /// As the invoker of `task` sees it: the name is no longer part of the message.
    pub(crate) fn of_task(mut self, task: &str) -> Self {
        self.0.task = Some(task.to_owned());
        self
    }

    /// As the invoker of a fan-out sees it: the index of the item is no longer part of the message.
    pub(crate) fn of_item(mut self, item: usize) -> Self {
        self.0.item = Some(item);
        self
    }

    pub(crate) fn with_causes(mut self, causes: Vec<String>, details: Option<String>) -> Self {
        self.0.causes = causes;
        self.0.details = details;
        self
    }

    /// Adds anything more, for a program to read: `details` as JSON.
    ///
    /// Details that are not JSON (a NaN, say) are left out, and the reason becomes one of the causes.
    #[must_use]
    pub fn with_details(mut self, details: &impl Serialize) -> Self {
        match crate::encode::encode(details) {
            Ok(details) => self.0.details = Some(details),
            Err(problem) => self.0.causes.push(format!("the error's details are left out: {problem}")),
        }
        self
    }

    /// Adds what caused it, one line, after the nearer causes.
    #[must_use]
    pub fn with_cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.causes.push(cause.to_string());
        self
    }

    /// What failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The kind a task fails with by returning this: it can speak of its own inputs and output, not of a child's.
    pub(crate) fn kind_to_tell(&self) -> ErrorKind {
        match self.0.kind {
            kind @ (ErrorKind::InvalidInput | ErrorKind::InvalidOutput) if self.0.task.is_none() => kind,
            _ => ErrorKind::Task,
        }
    }

    /// The message a task fails with by returning this: where a failure came up through several tasks, it names
    /// the one in which it began. The run has an action for each of the others.
    pub(crate) fn message_to_tell(&self) -> String {
        let text = self.to_string();
        let mut told = text.as_str();
        while let Some(inner) = failure_of_task(told).filter(|inner| failure_of_task(inner).is_some()) {
            told = inner;
        }
        told.to_owned()
    }

    /// The causes a task fails with by returning this: the nearest and the farthest, where there are many.
    pub(crate) fn causes_to_tell(&self) -> Vec<String> {
        let causes = &self.0.causes;
        if causes.len() <= 2 * CAUSES_AT_EACH_END + 1 {
            return causes.clone();
        }
        let (nearest, farthest) = (&causes[..CAUSES_AT_EACH_END], &causes[causes.len() - CAUSES_AT_EACH_END..]);
        [nearest, &["…".to_owned()], farthest].concat()
    }

    /// One line for a person, without the name of the task and the item; `Display` has them too.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What caused it, the nearest cause first.
    pub fn causes(&self) -> &[String] {
        &self.0.causes
    }

    /// Anything more, as JSON text. See [`TaskError::details_as`].
    pub fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }

    /// The details as a `T`; `None` where there are none.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the details are not a `T`.
    pub fn details_as<T: DeserializeOwned>(&self) -> Result<Option<T>, Self> {
        let decode = |details| crate::decode::decode(details);
        self.details().map(decode).transpose().map_err(|problem| {
            Self::of_kind(ErrorKind::InvalidInput, format!("unexpected error details: {problem}"), false)
        })
    }

    /// Whether another attempt may succeed. The host never retries a task that fails for good.
    pub fn is_recoverable(&self) -> bool {
        self.0.recoverable
    }

    /// The task that failed, as it was invoked; `None` for an error of the task's own.
    pub fn task(&self) -> Option<&str> {
        self.0.task.as_deref()
    }

    /// Which item of a [`FanOut`](crate::FanOut) failed: its index, from 0.
    pub fn item(&self) -> Option<usize> {
        self.0.item
    }
}

/// The `…` of "task `name` failed: …" and of "task `name` failed on item 7: …", as `Display` writes it.
fn failure_of_task(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix("task `")?.split_once("` failed")?;
    let (item, message) = rest.split_once(": ")?;
    let is_item = |text: &str| text.strip_prefix(" on item ").is_some_and(|item| item.parse::<usize>().is_ok());
    (!name.contains(['`', ' ']) && (item.is_empty() || is_item(item))).then_some(message)
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = &self.0.message;
        match (&self.0.task, self.0.item) {
            (Some(task), Some(item)) => write!(f, "task `{task}` failed on item {item}: {message}"),
            (Some(task), None) => write!(f, "task `{task}` failed: {message}"),
            (None, Some(item)) => write!(f, "item {item}: {message}"),
            (None, None) => f.write_str(message),
        }
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, causes, details, recoverable, task, item } = &*self.0;
        f.debug_struct("TaskError")
            .field("kind", kind)
            .field("task", task)
            .field("item", item)
            .field("message", message)
            .field("causes", causes)
            .field("details", details)
            .field("recoverable", recoverable)
            .finish()
    }
}

impl Error for TaskError {}

impl From<String> for TaskError {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<&str> for TaskError {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<std::convert::Infallible> for TaskError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}
