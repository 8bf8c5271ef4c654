//! A failure as it is kept.

use serde::{Deserialize, Serialize};

use crate::record::Json;
use crate::run::{Failure, TaskError, TaskErrorKind};

/// Why an action or an attempt had no result, as it is kept: what a person reads, and what the parent was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredFailure {
    /// What failed, in the contract's words: `task`, `trap`, `limit` …; or `diverged`.
    pub kind: String,
    /// One line for a person.
    pub message: String,
    /// What caused it, the nearest cause first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Anything more that the task told, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<serde_json::value::RawValue>>,
    /// Whether another attempt might have succeeded.
    #[serde(default)]
    pub recoverable: bool,
    /// What its parent was told, where that is not the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// The guest's frames, innermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backtrace: Vec<String>,
}

/// The kinds, by the contract's names for them.
const KINDS: [(TaskErrorKind, &str); 9] = [
    (TaskErrorKind::Task, "task"),
    (TaskErrorKind::InvalidInput, "invalid-input"),
    (TaskErrorKind::InvalidOutput, "invalid-output"),
    (TaskErrorKind::UnknownTask, "unknown-task"),
    (TaskErrorKind::Trap, "trap"),
    (TaskErrorKind::Limit, "limit"),
    (TaskErrorKind::Denied, "denied"),
    (TaskErrorKind::Aborted, "aborted"),
    (TaskErrorKind::Host, "host"),
];

/// The kind of a run that went another way than the one it recovers or replays. For a parent it is the host's failure.
const DIVERGED: &str = "diverged";

impl StoredFailure {
    /// Whether a run went another way than the one it recovers or replays.
    #[must_use]
    pub fn is_divergence(&self) -> bool {
        self.kind == DIVERGED
    }

    /// A failure as it is kept.
    #[must_use]
    pub fn of(failure: &Failure) -> Self {
        let TaskError { kind, message, causes, details, recoverable } = failure.to_task_error();
        let told = failure.to_string();
        let name = match failure {
            Failure::Diverged(_) => DIVERGED,
            _ => KINDS.iter().find(|(known, _)| *known == kind).map_or("host", |(_, name)| name),
        };
        Self {
            kind: name.to_owned(),
            told: (told != message).then_some(message),
            message: told,
            causes,
            details: details.and_then(|details| serde_json::from_str(details.as_str()).ok()),
            recoverable,
            backtrace: match failure {
                Failure::Trap(trap) => trap.backtrace.clone(),
                _ => Vec::new(),
            },
        }
    }

    /// What the action's parent was told.
    #[must_use]
    pub fn to_task_error(&self) -> TaskError {
        let kind = KINDS.iter().find(|(_, name)| *name == self.kind).map_or(TaskErrorKind::Host, |(kind, _)| *kind);
        TaskError {
            kind,
            message: self.told.clone().unwrap_or_else(|| self.message.clone()),
            causes: self.causes.clone(),
            details: self.details.as_ref().and_then(|details| Json::parse(details.get()).ok()),
            recoverable: self.recoverable,
        }
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was kept; a text that is nothing of ours is a message.
    pub(super) fn of_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self {
            kind: "host".to_owned(),
            message: text.to_owned(),
            causes: Vec::new(),
            details: None,
            recoverable: false,
            told: None,
            backtrace: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Trap;

    #[test]
    fn a_failure_is_read_as_it_was_kept() {
        let details = Some(Json::parse(r#"{"a": 1.50}"#).unwrap());
        let error = TaskError {
            kind: TaskErrorKind::Task,
            message: "no".to_owned(),
            causes: vec!["why".to_owned()],
            details,
            recoverable: true,
        };
        let kept = StoredFailure::of_text(&StoredFailure::of(&Failure::Task(error.clone())).to_text());
        assert_eq!(kept.to_task_error(), error);
        let trap = Failure::Trap(Trap { message: "unreachable".to_owned(), backtrace: vec!["f".to_owned()] });
        let kept = StoredFailure::of_text(&StoredFailure::of(&trap).to_text());
        assert_eq!((kept.message.as_str(), kept.backtrace.len()), ("trapped: unreachable", 1));
        assert_eq!(kept.to_task_error(), trap.to_task_error());
    }
}
