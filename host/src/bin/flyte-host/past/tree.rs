//! A run's tree of actions.

use flyte_host::history::{Branch, StoredFailure, Times};
use flyte_host::report::{in_a_row, span};
use serde::Serialize;

use crate::past::{in_a_line, phase as told_phase};

/// How many lines are shown of a tree that has more.
const MOST_LINES: usize = 200;
/// Deeper than this, lines are no longer indented more.
const DEEPEST: usize = 30;

/// The tree of a run that goes on or does not, a line for each branch, and for the first failures in it.
pub(crate) fn tree_lines(branches: &[Branch], goes_on: bool) -> String {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); branches.len()];
    let mut roots = Vec::new();
    for (at, branch) in branches.iter().enumerate() {
        branch.parent.map_or(&mut roots, |parent| &mut children[parent]).push(at);
    }
    let mut lines: Vec<String> = Vec::new();
    // What is to be shown, the next at the end: a branch, what stands before it, and what stands before those below it.
    let mut open: Vec<(usize, String, String)> =
        roots.into_iter().rev().map(|at| (at, String::new(), String::new())).collect();
    while let Some((at, before, below)) = open.pop() {
        let branch = &branches[at];
        lines.push(format!("{before}{}", line(branch, goes_on)));
        let bar = if children[at].is_empty() { "  " } else { "│ " };
        for (action, failure) in &branch.failures {
            lines.push(format!("{below}{bar}  {action}: {}", in_a_line(failure)));
        }
        if branch.failures.len() as u64 != branch.count && branch.failures.len() > 1 {
            let more = branch.count - branch.failures.len() as u64;
            lines.push(format!("{below}{bar}  and {more} more"));
        }
        if lines.len() > MOST_LINES {
            lines.truncate(MOST_LINES);
            lines.push("… and more: `flyte-host get action RUN` lists all actions".to_owned());
            break;
        }
        let flat = below.chars().count() >= 3 * DEEPEST;
        for (number, child) in children[at].iter().enumerate().rev() {
            let is_last = number + 1 == children[at].len();
            let (fork, bar) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let deeper = if flat { below.clone() } else { format!("{below}{bar}") };
            open.push((*child, format!("{below}{fork}"), deeper));
        }
    }
    lines.join("\n")
}

fn line(branch: &Branch, goes_on: bool) -> String {
    let Branch { task, group, phase, count, cached, first, last, times, .. } = branch;
    let (task, phase) = (in_a_row(task), told_phase(*phase, goes_on));
    let group = group.as_ref().map(|group| format!(" [{}]", in_a_row(group))).unwrap_or_default();
    let cached = if *cached > 0 { format!(" ({cached} cached)") } else { String::new() };
    let times = times.map(|times| format!("  {}", told(&times, *count))).unwrap_or_default();
    match count {
        1 => format!("{first} {task}{group}  {phase}{cached}{times}"),
        _ => format!("{count} × {task}{group}  {phase}{cached}{times}  ({first} … {last})"),
    }
}

fn told(times: &Times, count: u64) -> String {
    let Times { min, median, max, .. } = *times;
    match count {
        1 => span(max),
        2 | 3 => format!("{} to {}", span(min), span(max)),
        _ => format!("{} to {}, median {}", span(min), span(max), span(median)),
    }
}

/// Actions that are alike, as `--json` shows them. Fields may be added, and don't change.
#[derive(Serialize)]
pub(crate) struct BranchJson {
    /// The place of its parent in the list.
    parent: Option<usize>,
    task: String,
    group: Option<String>,
    phase: String,
    count: u64,
    cached: u64,
    first: String,
    last: String,
    /// In seconds; null where none has ended.
    times: Option<TimesJson>,
    /// Those of the first actions that failed.
    failures: Vec<FailureJson>,
}

#[derive(Serialize)]
struct TimesJson {
    min: f64,
    median: f64,
    max: f64,
    total: f64,
}

#[derive(Serialize)]
struct FailureJson {
    action: String,
    #[serde(flatten)]
    failure: StoredFailure,
}

impl From<Branch> for BranchJson {
    fn from(branch: Branch) -> Self {
        let seconds = |times: Times| {
            let [min, median, max, total] =
                [times.min, times.median, times.max, times.total].map(|time| time.as_secs_f64());
            TimesJson { min, median, max, total }
        };
        let failures = branch.failures.into_iter();
        Self {
            parent: branch.parent,
            task: branch.task,
            group: branch.group,
            phase: branch.phase.to_string(),
            count: branch.count,
            cached: branch.cached,
            first: branch.first.to_string(),
            last: branch.last.to_string(),
            times: branch.times.map(seconds),
            failures: failures
                .map(|(action, failure)| FailureJson { action: action.to_string(), failure })
                .collect(),
        }
    }
}
