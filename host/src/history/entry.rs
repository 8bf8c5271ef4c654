//! What runs tell the thread that writes.

use std::sync::Arc;
use std::time::Instant;

use crate::history::{Retention, RunNote};
use crate::run::{AbortHandle, Failure, RunEvent, RunId, TaskError, Trap, shortened};

/// What an entry takes beside its texts, in bytes, about.
const ENTRY: usize = 200;

/// What runs tell.
#[derive(Debug)]
pub(super) enum Entry {
    /// A run is about to begin.
    Begin { run: RunId, note: Box<RunNote>, abort: AbortHandle },
    /// What a sink is told, and when.
    Event(Instant, RunEvent),
    /// What is to be kept from now on.
    Keep(Retention),
    /// Something of this run had to be left out.
    Dropped(RunId),
}

/// The longest message of a failure that is kept where too much waits, in bytes.
const SHORT: usize = 1 << 10;

impl Entry {
    /// What it takes, in bytes, about.
    pub(super) fn size(&self) -> usize {
        let Self::Event(_, event) = self else { return ENTRY };
        ENTRY
            + match event {
                RunEvent::InputsAccepted { inputs: Some(value), .. } => value.as_str().len(),
                RunEvent::ActionEnded { output, failure, .. } => {
                    output.as_ref().map_or(0, |value| value.as_str().len())
                        + failure.as_ref().map_or(0, |failure| failure.size())
                }
                RunEvent::AttemptFailed { failure, .. } => failure.size(),
                RunEvent::Log { line, .. } => line.len(),
                RunEvent::Progress { message, .. } => message.len(),
                _ => 0,
            }
    }

    /// What is kept of it where too much waits, and that something of it is not.
    pub(super) fn outline(self) -> (Option<Self>, Option<Self>) {
        let Self::Event(at, mut event) = self else { return (Some(self), None) };
        let run = event.run().clone();
        let is_cut = match &mut event {
            RunEvent::InputsAccepted { .. } | RunEvent::Log { .. } | RunEvent::Progress { .. } => {
                return (None, Some(Self::Dropped(run)));
            }
            RunEvent::ActionEnded { output, failure, .. } => {
                let is_cut = failure.as_mut().is_some_and(cut);
                output.take().is_some() || is_cut
            }
            RunEvent::AttemptFailed { failure, .. } => cut(failure),
            _ => false,
        };
        (Some(Self::Event(at, event)), is_cut.then_some(Self::Dropped(run)))
    }
}

/// Leaves the beginning of a long failure's message; tells whether it was one.
fn cut(failure: &mut Arc<Failure>) -> bool {
    if failure.size() <= SHORT {
        return false;
    }
    let short = |text: &String| shortened(text.clone(), SHORT);
    let error = |error: &TaskError| TaskError {
        message: short(&error.message),
        causes: Vec::new(),
        details: None,
        ..*error
    };
    *failure = Arc::new(match &**failure {
        Failure::Task(told) => Failure::Task(error(told)),
        Failure::RefusedInput(told) => Failure::RefusedInput(error(told)),
        Failure::Replayed(told) => Failure::Replayed(error(told)),
        Failure::Trap(trap) => Failure::Trap(Trap { message: short(&trap.message), backtrace: Vec::new() }),
        Failure::InvalidOutput(text) => Failure::InvalidOutput(short(text)),
        Failure::Host(text) => Failure::Host(short(text)),
        _ => return false,
    });
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{ActionId, TaskErrorKind};

    #[test]
    fn a_long_failure_is_counted_and_cut() {
        let failed = |length: usize| {
            let error = TaskError {
                kind: TaskErrorKind::Task,
                message: "x".repeat(length),
                causes: vec!["y".repeat(length)],
                details: None,
                recoverable: false,
            };
            let (run, failure) = (RunId::random(), Arc::new(Failure::Task(error)));
            let event =
                RunEvent::AttemptFailed { run, action: ActionId::ROOT, attempt: 1, failure, retry_after: None };
            Entry::Event(Instant::now(), event)
        };
        let long = failed(1 << 20);
        assert!(long.size() > 2 << 20);
        let (kept, dropped) = long.outline();
        assert!(kept.unwrap().size() < 2 * SHORT && matches!(dropped, Some(Entry::Dropped(_))));
        let (kept, dropped) = failed(10).outline();
        assert!(kept.unwrap().size() == ENTRY + 20 && dropped.is_none());
    }
}
