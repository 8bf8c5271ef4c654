//! The ways in which an action fails, each of its own kind.

use std::fmt;
use std::time::Duration;

use crate::component::UnknownTask;
use crate::record::{InputError, Json};
use crate::rights::Denial;
use crate::run::Divergence;

/// Why an action has no result. The variants differ in who is to blame, in what is retried, and in exit codes.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The task returned an error.
    #[error("{0}")]
    Task(TaskError),
    /// The inputs don't conform to the task's schema.
    #[error("invalid input: {0}")]
    InvalidInput(InputError),
    /// The task decoded its inputs by stricter rules than its schema tells, and refused them.
    #[error("invalid input: {0}")]
    RefusedInput(TaskError),
    /// The task's result is not JSON or does not conform to the schema it declared.
    #[error("invalid output: {0}")]
    InvalidOutput(String),
    /// No loaded component has the task, or several do.
    #[error(transparent)]
    UnknownTask(#[from] UnknownTask),
    /// The guest trapped.
    #[error("{0}")]
    Trap(Trap),
    /// A limit was hit.
    #[error("{0}")]
    Limit(Limit),
    /// The task cannot do without a right that it was not given. Nothing was instantiated.
    #[error("denied: {0}")]
    Denied(Denial),
    /// The action was stopped from outside.
    #[error("aborted: {0}")]
    Aborted(AbortCause),
    /// The run that is recovered or replayed went another way; this one does not go on.
    #[error("{0}")]
    Diverged(Box<Divergence>),
    /// A child's failure in the run that is replayed, as its parent was told.
    #[error("{0}")]
    Replayed(TaskError),
    /// The host failed; neither the task nor its inputs are to blame.
    #[error("the host failed: {0}")]
    Host(String),
}

impl Failure {
    /// The failure's kind in the words of the contract.
    pub fn kind(&self) -> TaskErrorKind {
        match self {
            Self::Task(_) => TaskErrorKind::Task,
            Self::InvalidInput(_) | Self::RefusedInput(_) => TaskErrorKind::InvalidInput,
            Self::InvalidOutput(_) => TaskErrorKind::InvalidOutput,
            Self::UnknownTask(_) => TaskErrorKind::UnknownTask,
            Self::Trap(_) => TaskErrorKind::Trap,
            Self::Limit(_) => TaskErrorKind::Limit,
            Self::Denied(_) => TaskErrorKind::Denied,
            Self::Aborted(_) => TaskErrorKind::Aborted,
            Self::Replayed(error) => error.kind,
            Self::Diverged(_) | Self::Host(_) => TaskErrorKind::Host,
        }
    }

    /// Whether another attempt may end otherwise. A limit of the whole run stays hit.
    fn may_pass(&self) -> bool {
        match self {
            Self::Task(error) => error.recoverable,
            Self::Trap(_) | Self::Host(_) => true,
            Self::Limit(limit) => limit.may_pass(),
            _ => false,
        }
    }

    /// Bytes of all that is told of it, where a guest has a hand in how many there are.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Task(error) | Self::RefusedInput(error) | Self::Replayed(error) => {
                let details = error.details.as_ref().map_or(0, |details| details.as_str().len());
                error.message.len() + error.causes.iter().map(String::len).sum::<usize>() + details
            }
            Self::InvalidInput(error) => error.to_string().len(),
            Self::InvalidOutput(reason) | Self::Host(reason) => reason.len(),
            Self::Trap(trap) => trap.message.len() + trap.backtrace.iter().map(String::len).sum::<usize>(),
            Self::UnknownTask(UnknownTask::None { name, .. }) => name.len(),
            Self::UnknownTask(UnknownTask::Unavailable { name, reason }) => name.len() + reason.len(),
            Self::UnknownTask(UnknownTask::Ambiguous { name, candidates }) => {
                name.len() + candidates.iter().map(String::len).sum::<usize>()
            }
            Self::Limit(_) | Self::Denied(_) | Self::Aborted(_) | Self::Diverged(_) => 0,
        }
    }

    /// The failure as the task that invoked the action gets to see it.
    pub(crate) fn to_task_error(&self) -> TaskError {
        let plain = |message: String| TaskError {
            kind: self.kind(),
            message,
            causes: Vec::new(),
            details: None,
            recoverable: self.may_pass(),
        };
        match self {
            Self::Task(error) | Self::RefusedInput(error) => TaskError { kind: self.kind(), ..error.clone() },
            Self::Replayed(error) => error.clone(),
            // A guest learns that a callee trapped, and why; the callee's frames are for the host's operator.
            Self::Trap(trap) => plain(trap.message.clone()),
            other => plain(other.to_string()),
        }
    }
}

/// What a failed task told, or what the parent of a failed action is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskError {
    /// What failed.
    pub kind: TaskErrorKind,
    /// One line for a person.
    pub message: String,
    /// What caused it, the nearest cause first.
    pub causes: Vec<String>,
    /// Anything more, for a program.
    pub details: Option<Json>,
    /// Whether another attempt may succeed.
    pub recoverable: bool,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The kinds of failure that the contract tells apart (`error-kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskErrorKind {
    /// The task returned an error.
    Task,
    /// The inputs don't conform to the task's schema.
    InvalidInput,
    /// The result can't be passed on.
    InvalidOutput,
    /// No loaded component has the task.
    UnknownTask,
    /// The guest trapped.
    Trap,
    /// A limit was hit.
    Limit,
    /// A capability was not granted.
    Denied,
    /// The action was stopped from outside.
    Aborted,
    /// The host failed.
    Host,
}

/// A guest stopped where it could not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// The panic's message and place where the guest told them, otherwise the engine's name of the trap.
    pub message: String,
    /// The guest's frames, innermost first, one a line, with the functions' names; empty where there are none.
    pub backtrace: Vec<String>,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trapped: {}", self.message)
    }
}

/// The limits, each with the bound that was hit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// An attempt ran too long.
    #[error("max-runtime: the attempt took longer than {0:?}")]
    MaxRuntime(Duration),
    /// An action took too long for who invoked it, from its invocation on.
    #[error("within: the action had not ended {0:?} after its invocation")]
    Within(Duration),
    /// The whole run took too long.
    #[error("deadline: the run took longer than {0:?}")]
    Deadline(Duration),
    /// The guest wanted more memory, in bytes, summed over its memories and tables.
    #[error("memory: the guest asked for {wanted} bytes, more than {limit}; it had {peak}")]
    Memory {
        /// The most it may have.
        limit: usize,
        /// What it would have had.
        wanted: usize,
        /// The most it had.
        peak: usize,
    },
    /// An attempt executed too many instructions, as the engine's fuel counts them.
    #[error("fuel: the attempt took more than {0} units")]
    Fuel(u64),
    /// An action's inputs are too large.
    #[error("input: {size} bytes, more than {limit}")]
    Input {
        /// The most there may be, in bytes.
        limit: usize,
        /// What there is, in bytes.
        size: usize,
    },
    /// An action's output is too large, or what its task told of its error.
    #[error("output: {}more than {limit} bytes", size.map(|size| format!("{size} bytes, ")).unwrap_or_default())]
    Output {
        /// The most there may be, in bytes.
        limit: usize,
        /// What there is, in bytes, where that is known.
        size: Option<usize>,
    },
    /// A guest passed more to the host in one call than the host takes.
    #[error("transfer: the guest passed more than {0} bytes to the host in one call")]
    Transfer(usize),
    /// An attempt has too many child actions pending at once.
    #[error("pending: the task has more than {0} child actions pending")]
    Pending(usize),
    /// An attempt holds too many handles to host resources.
    #[error("handles: the guest holds more than {0} handles")]
    Handles(usize),
    /// The run's actions have the host hold too many bytes of inputs and outputs.
    #[error("held: the inputs and outputs of the run's pending actions take more than {0} bytes")]
    Held(usize),
    /// A component describes more than the host takes.
    #[error("description: {0}")]
    Description(String),
    /// The run has too many actions, or too many attempts at them.
    #[error("actions: the run has more than {0} actions or attempts")]
    Actions(u64),
    /// An action is too deep below the root, which is at depth 1.
    #[error("depth: actions are nested more than {0} deep")]
    Depth(u32),
    /// A part of the pool that all instances share is used up.
    #[error("pool: {0}")]
    Pool(String),
    /// Every instance the host can hold belongs to a parent that waits for a child that needs one.
    #[error("instances: {0} parents wait for children, and the host holds no more instances")]
    Instances(usize),
}

impl Limit {
    /// Whether another attempt may end otherwise. A limit of the whole run stays hit.
    fn may_pass(&self) -> bool {
        match self {
            Self::MaxRuntime(_)
            | Self::Within(_)
            | Self::Memory { .. }
            | Self::Fuel(_)
            | Self::Output { .. }
            | Self::Transfer(_)
            | Self::Handles(_)
            | Self::Instances(_)
            | Self::Held(_)
            | Self::Pool(_) => true,
            Self::Deadline(_)
            | Self::Input { .. }
            | Self::Pending(_)
            | Self::Actions(_)
            | Self::Depth(_)
            | Self::Description(_) => false,
        }
    }

    /// Whether it is of one attempt's own doing, so that the task's policy may have it retried.
    pub(crate) fn is_of_the_attempt(&self) -> bool {
        matches!(
            self,
            Self::MaxRuntime(_)
                | Self::Memory { .. }
                | Self::Fuel(_)
                | Self::Output { .. }
                | Self::Transfer(_)
                | Self::Handles(_)
        )
    }
}

/// Why an action was aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AbortCause {
    /// The run was aborted.
    #[error("the run was aborted")]
    Run,
    /// The action that invoked it ended first, or dropped the call.
    #[error("its parent no longer waits for it")]
    Parent,
    /// The instance that it shared with others was given up: one of those was aborted and did not end.
    #[error("the instance it shared was given up, as another action in it had to be stopped")]
    Instance,
}
