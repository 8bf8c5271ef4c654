//! Actions.

use std::fmt::Write as _;
use std::time::Duration;

use flyte_host::history::{ActionRecord, AttemptRecord, StoredFailure};
use flyte_host::report::{in_a_row, printable, span};
use serde::Serialize;

use crate::diagnosis::backtrace_lines;
use crate::past::run::hex;
use crate::past::{CostJson, cost, in_a_line, phase};

/// An action in a list; whether its run goes on.
pub(crate) struct Listed<'a>(pub &'a ActionRecord, pub bool);

impl std::fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let action = self.0;
        write!(f, "{}  {}  {}", action.id, in_a_row(&action.task), phase(action.phase, self.1))?;
        if action.cached {
            f.write_str(" (cached)")?;
        }
        if let Some(ended) = action.ended {
            write!(f, "  {}", span(ended.saturating_sub(action.started.unwrap_or(action.queued))))?;
        }
        if action.attempts > 1 {
            write!(f, "  {} attempts", action.attempts)?;
        }
        if let Some(group) = &action.group {
            write!(f, "  [{}]", in_a_row(group))?;
        }
        match &action.failure {
            Some(failure) => write!(f, "  {}", in_a_line(failure)),
            None => Ok(()),
        }
    }
}

/// All that is known of an action.
pub(crate) fn action_page(action: &ActionRecord, attempts: &[AttemptRecord], run_goes_on: bool) -> String {
    let mut rows: Vec<(&str, String)> = vec![("action", action.id.to_string()), ("task", action.task.clone())];
    let cached = if action.cached { " (an earlier action's result)" } else { "" };
    rows.push(("phase", format!("{}{cached}", phase(action.phase, run_goes_on))));
    if let Some(parent) = action.parent {
        rows.push(("parent", format!("{parent}, attempt {}, call {}", action.parent_attempt, action.call)));
    }
    rows.extend(action.group.clone().map(|group| ("group", group)));
    if let Some(component) = &action.component {
        let origin = action.origin.clone().unwrap_or_default();
        rows.push(("component", format!("{} {origin}", &hex(component)[..12])));
    }
    if !action.rights.is_empty() {
        rows.push(("rights", action.rights.join(", ")));
    }
    let since = |time: Duration| format!("{} after the run began", span(time));
    rows.push(("queued", since(action.queued)));
    rows.extend(action.started.map(|started| ("started", since(started))));
    rows.extend(action.ended.map(|ended| ("ended", since(ended))));
    if let Some(usage) = &action.usage {
        rows.push(("cost", cost(usage, "")));
    }
    rows.push(("attempts", action.attempts.to_string()));
    let mut text = String::new();
    for (name, value) in rows {
        let _ = writeln!(text, "{name:9}  {}", printable(&value).replace('\n', " "));
    }
    for attempt in attempts {
        let took =
            attempt.started.map(|started| format!(" after {}", span(attempt.failed.saturating_sub(started))));
        let _ = writeln!(text, "\nattempt {} failed{}:", attempt.number, took.unwrap_or_default());
        text += &failure_lines(&attempt.failure);
    }
    // One that failed before its first attempt, or was aborted while it waited.
    if let Some(failure) = action.failure.as_ref().filter(|_| attempts.is_empty()) {
        let _ = writeln!(text, "\nfailed:");
        text += &failure_lines(failure);
    }
    text.truncate(text.trim_end().len());
    text
}

fn failure_lines(failure: &StoredFailure) -> String {
    let StoredFailure { kind, message, .. } = failure;
    // Some messages begin with the kind.
    let is_told = message.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with(':'));
    let mut lines = vec![if is_told { message.clone() } else { format!("{kind}: {message}") }];
    lines.extend(failure.causes.iter().map(|cause| format!("caused by: {cause}")));
    lines.extend(failure.details.iter().map(|details| format!("details: {}", details.get())));
    lines.extend(backtrace_lines(&failure.backtrace));
    let printable = |line: String| printable(&line).replace('\n', "\n    ");
    lines.into_iter().map(|line| format!("  {}\n", printable(line))).collect()
}

/// An action as `--json` shows it. Fields may be added, and don't change. Times are in seconds, and moments count from the
/// beginning of the run; sizes are in bytes.
#[derive(Serialize)]
pub(crate) struct ActionJson<'a> {
    id: String,
    parent: Option<String>,
    parent_attempt: u32,
    /// Its number among that attempt's invocations, from 0.
    call: u64,
    task: &'a str,
    group: Option<&'a str>,
    phase: String,
    cached: bool,
    attempts: u32,
    queued: f64,
    started: Option<f64>,
    ended: Option<f64>,
    usage: Option<CostJson>,
    /// SHA-256.
    component: Option<String>,
    origin: Option<&'a str>,
    rights: &'a [String],
    failure: Option<&'a StoredFailure>,
    /// Of one action that is shown alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_attempts: Option<Vec<AttemptJson<'a>>>,
}

#[derive(Serialize)]
struct AttemptJson<'a> {
    attempt: u32,
    started: Option<f64>,
    failed: f64,
    failure: &'a StoredFailure,
}

impl<'a> ActionJson<'a> {
    pub(crate) fn of(action: &'a ActionRecord, attempts: Option<&'a [AttemptRecord]>) -> Self {
        let seconds = |time: Duration| time.as_secs_f64();
        let attempt = |attempt: &'a AttemptRecord| AttemptJson {
            attempt: attempt.number,
            started: attempt.started.map(seconds),
            failed: seconds(attempt.failed),
            failure: &attempt.failure,
        };
        Self {
            id: action.id.to_string(),
            parent: action.parent.map(|parent| parent.to_string()),
            parent_attempt: action.parent_attempt,
            call: action.call,
            task: &action.task,
            group: action.group.as_deref(),
            phase: action.phase.to_string(),
            cached: action.cached,
            attempts: action.attempts,
            queued: seconds(action.queued),
            started: action.started.map(seconds),
            ended: action.ended.map(seconds),
            usage: action.usage.map(CostJson::from),
            component: action.component.as_ref().map(|digest| hex(digest)),
            origin: action.origin.as_deref(),
            rights: &action.rights,
            failure: action.failure.as_ref(),
            failed_attempts: attempts.map(|attempts| attempts.iter().map(attempt).collect()),
        }
    }
}
