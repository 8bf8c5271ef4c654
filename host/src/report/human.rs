//! A run as lines for people: what its guests log, what is tried again, and, on demand, everything.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstyle::Style;

use crate::report::{frames, in_a_row, printable, span};
use crate::rights::Denial;
use crate::run::{AbortCause, ActionId, EventSink, Failure, Phase, RunEvent, RunStats, Trap};

const DIM: Style = Style::new().dimmed();

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Nothing.
    Nothing,
    /// What the guests log, their progress, attempts that are tried again, and traps of children.
    Notable,
    /// Every event.
    Everything,
}

/// Tells a run line by line. Hand it to a run as its sink.
///
/// Lines begin with their action, `[a0 process_batch]`, in ANSI colour; each call of the output gets whole lines,
/// ended by a line break.
pub struct HumanReport {
    out: Box<dyn Fn(&str) + Send + Sync>,
    detail: Detail,
    state: Mutex<State>,
}

/// The actions that were aborted because the run was: how many, by the name they were invoked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aborted(pub BTreeMap<Arc<str>, u64>);

#[derive(Default)]
struct State {
    /// The tasks of the actions that have not ended.
    tasks: HashMap<ActionId, Arc<str>>,
    aborted: Aborted,
    root_attempts: u32,
    /// Whether the frames of a child's trap were told.
    told_frames: bool,
}

impl HumanReport {
    /// A report that hands its lines to `out`. `out` is called from many threads at once.
    pub fn new(detail: Detail, out: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { out: Box::new(out), detail, state: Mutex::default() }
    }

    /// The actions that were aborted so far because the run was.
    pub fn aborted(&self) -> Aborted {
        self.state().aborted.clone()
    }

    /// How many attempts the root has had so far.
    pub fn root_attempts(&self) -> u32 {
        self.state().root_attempts
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what later lines and [`HumanReport::aborted`] need; gives the name of the event's task.
    fn take_note(&self, event: &RunEvent) -> Option<Arc<str>> {
        let mut state = self.state();
        match event {
            RunEvent::ActionQueued { action, task, .. } => {
                state.tasks.insert(*action, Arc::clone(task));
                Some(Arc::clone(task))
            }
            RunEvent::AttemptStarted { action, attempt, .. } => {
                if *action == ActionId::ROOT {
                    state.root_attempts = *attempt;
                }
                state.tasks.get(action).cloned()
            }
            RunEvent::ActionEnded { action, failure, .. } => {
                let task = state.tasks.remove(action)?;
                if let Some(Failure::Aborted(AbortCause::Run)) = failure.as_deref() {
                    *state.aborted.0.entry(Arc::clone(&task)).or_default() += 1;
                }
                Some(task)
            }
            RunEvent::Log { action, .. }
            | RunEvent::LogCut { action, .. }
            | RunEvent::Denied { action, .. }
            | RunEvent::Progress { action, .. }
            | RunEvent::AttemptFailed { action, .. } => state.tasks.get(action).cloned(),
            _ => None,
        }
    }

    fn tell(&self, action: ActionId, task: Option<&str>, text: &str) {
        let mut lines = String::with_capacity(text.len() + 48);
        for line in printable(text).split('\n') {
            // Writing to a String does not fail.
            let _ = writeln!(lines, "{DIM}[{action} {}]{DIM:#} {line}", in_a_row(task.unwrap_or("?")));
        }
        (self.out)(&lines);
    }

    /// A child's trap: its parent learns the message only, so its frames are told here; of many, the first's.
    fn tell_trap(&self, action: ActionId, task: Option<&str>, trap: &Trap) {
        let told = std::mem::replace(&mut self.state().told_frames, true);
        let mut text = trap.to_string();
        if !told || self.detail == Detail::Everything {
            for frame in frames(&trap.backtrace) {
                let _ = write!(text, "\n    {frame}");
            }
        }
        self.tell(action, task, &text);
    }

    fn tell_of_run(&self, text: &str) {
        (self.out)(&format!("{DIM}{text}{DIM:#}\n"));
    }
}

impl EventSink for HumanReport {
    fn event(&self, event: &RunEvent) {
        let task = self.take_note(event);
        let task = task.as_deref();
        let everything = self.detail == Detail::Everything;
        if self.detail == Detail::Nothing {
            return;
        }
        match event {
            RunEvent::Log { action, line, .. } => self.tell(*action, task, line),
            RunEvent::LogCut { action, limit, .. } => {
                self.tell(*action, task, &format!("(printed more than {limit} bytes: nothing more is shown)"));
            }
            RunEvent::Denied { action, denial, .. } => self.tell(*action, task, &denied(denial)),
            RunEvent::Progress { action, message, fraction, .. } => {
                self.tell(*action, task, &progress(message, *fraction));
            }
            RunEvent::AttemptFailed { action, attempt, failure, retry_after: Some(pause), .. } => {
                self.tell(*action, task, &trying_again(*attempt, failure, *pause));
            }
            RunEvent::RunStarted { run, task, granted, .. } if everything => {
                self.tell_of_run(&format!("run {run} of {}", printable(task)));
                if !granted.is_empty() {
                    let granted: Vec<String> = granted.iter().map(ToString::to_string).collect();
                    self.tell_of_run(&format!("granted: {}", printable(&granted.join(", "))));
                }
            }
            RunEvent::ActionQueued { action, parent, group, .. } if everything => {
                let parent = parent.map(|id| format!(" by {id}")).unwrap_or_default();
                let group = group.as_ref().map(|label| format!(", group {label}")).unwrap_or_default();
                self.tell(*action, task, &format!("queued{parent}{group}"));
            }
            RunEvent::AttemptStarted { action, attempt, .. } if everything => {
                self.tell(*action, task, &format!("attempt {attempt} started"));
            }
            RunEvent::AttemptFailed { action, attempt, failure, retry_after: None, .. } => match failure.as_ref() {
                Failure::Trap(trap) if *action != ActionId::ROOT => self.tell_trap(*action, task, trap),
                failure if everything => self.tell(*action, task, &format!("attempt {attempt} failed: {failure}")),
                _ => {}
            },
            RunEvent::ActionEnded { action, phase, cached, elapsed, failure, .. } if everything => {
                // A failure is known from its attempt, except where there was none.
                let early = failure.as_ref().filter(|_| *phase == Phase::Failed && !cached);
                let why = early.filter(|f| is_refusal(f)).map(|f| format!(": {f}")).unwrap_or_default();
                let cached = if *cached { " (an earlier result)" } else { "" };
                self.tell(*action, task, &format!("{phase} in {}{cached}{why}", span(*elapsed)));
            }
            RunEvent::RunEnded { run, phase, elapsed, stats, .. } if everything => {
                self.tell_of_run(&format!("run {run} {phase} in {}: {}", span(*elapsed), counts(stats)));
            }
            _ => {}
        }
    }
}

fn denied(denial: &Denial) -> String {
    let capability = &denial.capability;
    let option =
        if denial.withheld.operator { format!(" ({} grants it)", capability.option()) } else { String::new() };
    format!("denied: {denial}{option}")
}

/// Whether an action failed before its first attempt.
fn is_refusal(failure: &Failure) -> bool {
    matches!(failure, Failure::InvalidInput(_) | Failure::UnknownTask(_) | Failure::Denied(_))
}

fn progress(message: &str, fraction: Option<f64>) -> String {
    match fraction {
        Some(fraction) => format!("{:3.0}% {message}", fraction * 100.0),
        None => message.to_owned(),
    }
}

fn trying_again(attempt: u32, failure: &Failure, pause: Duration) -> String {
    let when = if pause.is_zero() { String::new() } else { format!(" in {}", span(pause)) };
    format!("attempt {attempt} failed: {failure}; trying again{when}")
}

fn counts(stats: &RunStats) -> String {
    let mut text = format!("{}, {}", count(stats.actions, "action"), count(stats.attempts, "attempt"));
    let parts = [
        (stats.cached, "cached"),
        (stats.recovered, "recovered"),
        (stats.failed, "failed"),
        (stats.aborted, "aborted"),
    ];
    for (number, what) in parts {
        if number > 0 {
            let _ = write!(text, ", {number} {what}");
        }
    }
    if stats.denials > 0 {
        let _ = write!(text, ", {}", count(stats.denials, "denial"));
    }
    if stats.usage.peak_memory > 0 {
        // Rounded up: what took some never shows as none.
        let _ = write!(text, "; at most {} KiB of memory each", stats.usage.peak_memory.div_ceil(1024));
    }
    text
}

fn count(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Displays as `13 actions: process_batch, 12 × predict_one`; as nothing where there are none.
impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: u64 = self.0.values().sum();
        if total == 0 {
            return Ok(());
        }
        let tasks: Vec<String> = self
            .0
            .iter()
            .map(|(task, number)| if *number == 1 { task.to_string() } else { format!("{number} × {task}") })
            .collect();
        write!(f, "{}: {}", count(total, "action"), tasks.join(", "))
    }
}

impl fmt::Debug for HumanReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HumanReport").field("detail", &self.detail).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
