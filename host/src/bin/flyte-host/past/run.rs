//! Runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use flyte_host::history::{ActionRecord, RunRecord};
use flyte_host::report::{in_a_row, printable, span};
use flyte_host::run::RunStats;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::past::{BranchJson, CostJson, ago, cost, count, table, utc};

const LOST: &str = "its process ended before the run did";

/// Runs, one a line.
pub(crate) fn run_list(runs: &[RunRecord], now: SystemTime) -> String {
    let head = ["ID", "NAME", "TASK", "PHASE", "STARTED", "TIME", "ACTIONS", ""].map(str::to_owned).to_vec();
    let rows = runs.iter().map(|run| {
        let since = now.duration_since(run.started).unwrap_or_default();
        let remark = if run.lost { LOST } else { "" };
        vec![
            run.id.clone(),
            printable(run.name.as_deref().unwrap_or("-")).into_owned(),
            in_a_row(&run.task).into_owned(),
            run.phase.to_string(),
            ago(since),
            took(run, since).map_or("-".to_owned(), span),
            run.stats.actions.to_string(),
            remark.to_owned(),
        ]
    });
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

fn took(run: &RunRecord, since: Duration) -> Option<Duration> {
    run.elapsed.or((!run.lost).then_some(since))
}

/// What is known of a run, but for its actions.
pub(crate) fn run_page(run: &RunRecord, root: Option<&ActionRecord>, now: SystemTime) -> String {
    let since = now.duration_since(run.started).unwrap_or_default();
    let mut rows: Vec<(&str, String)> = vec![("run", run.id.clone())];
    rows.extend(run.name.clone().map(|name| ("name", name)));
    if !run.labels.is_empty() {
        let labels: Vec<String> = run.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        rows.push(("labels", labels.join(", ")));
    }
    rows.push(("task", run.task.clone()));
    let phase = match (run.lost, took(run, since)) {
        (true, _) => format!("{}: {LOST}", run.phase),
        (_, Some(time)) if run.goes_on() => format!("{} for {}", run.phase, span(time)),
        (_, time) => format!("{} in {}", run.phase, span(time.unwrap_or_default())),
    };
    rows.push(("phase", phase));
    rows.push(("started", format!("{} ({})", utc(run.started), ago(since))));
    rows.extend(run.recovers.clone().map(|earlier| ("recovers", earlier)));
    if let Some(component) = root.and_then(|root| root.component) {
        let origin = root.and_then(|root| root.origin.clone()).unwrap_or_default();
        rows.push(("component", format!("{} {origin}", &hex(&component)[..12])));
    }
    if !run.granted.is_empty() {
        rows.push(("granted", run.granted.join(", ")));
    }
    let limits: Vec<String> = run.special_limits().iter().map(|(name, limit)| told_limit(name, *limit)).collect();
    if !limits.is_empty() {
        rows.push(("limits", limits.join(", ")));
    }
    rows.extend(run.seed.map(|seed| ("seed", seed.to_string())));
    rows.push(("actions", counts(&run.stats)));
    // Its sum is not known before.
    rows.extend(run.elapsed.map(|_| ("cost", format!("{} each", cost(&run.stats.usage, "at most ")))));
    if run.dropped > 0 {
        rows.push(("dropped", format!("{} records: there was too much to write", run.dropped)));
    }
    let mut text = String::new();
    for (name, value) in rows {
        let _ = writeln!(text, "{name:9}  {}", printable(&value).replace('\n', " "));
    }
    text
}

fn told_limit(name: &str, limit: Option<f64>) -> String {
    let name = name.replace('_', "-");
    match limit {
        None => format!("no {name}"),
        Some(seconds) if matches!(&*name, "max-runtime" | "deadline") => {
            format!("{name} {}", span(Duration::try_from_secs_f64(seconds).unwrap_or_default()))
        }
        Some(number) => format!("{name} {number}"),
    }
}

fn counts(stats: &RunStats) -> String {
    let mut text = format!("{} in {}", stats.actions, count(stats.attempts, "attempt"));
    let others = [
        (stats.cached, "cached"),
        (stats.recovered, "recovered"),
        (stats.failed, "failed"),
        (stats.aborted, "aborted"),
        (stats.denials, "denials"),
    ];
    for (number, what) in others.into_iter().filter(|(number, _)| *number > 0) {
        let _ = write!(text, ", {number} {what}");
    }
    text
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A run as `--json` shows it. Fields may be added, and don't change. Times are in seconds, sizes in bytes.
#[derive(Serialize)]
pub(crate) struct RunJson<'r> {
    id: &'r str,
    name: Option<&'r str>,
    labels: &'r BTreeMap<String, String>,
    task: &'r str,
    phase: String,
    /// Whether its process ended before it did.
    lost: bool,
    /// RFC 3339, UTC.
    started: String,
    /// Null where it goes on, or was lost.
    elapsed: Option<f64>,
    recovers: Option<&'r str>,
    granted: &'r [String],
    limits: Option<Box<RawValue>>,
    seed: Option<u64>,
    actions: u64,
    attempts: u64,
    cached: u64,
    recovered: u64,
    failed: u64,
    aborted: u64,
    denials: u64,
    /// How many records of it were dropped.
    dropped: u64,
    /// Null where it has not ended in order.
    cost: Option<CostJson>,
    /// Of one run that is shown alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentJson>,
    /// Of one run that is shown alone: its actions, those that are alike as one, each after its parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<Vec<BranchJson>>,
}

#[derive(Serialize)]
pub(crate) struct ComponentJson {
    /// SHA-256.
    digest: String,
    origin: Option<String>,
}

impl<'r> From<&'r RunRecord> for RunJson<'r> {
    fn from(run: &'r RunRecord) -> Self {
        let stats = &run.stats;
        Self {
            id: &run.id,
            name: run.name.as_deref(),
            labels: &run.labels,
            task: &run.task,
            phase: run.phase.to_string(),
            lost: run.lost,
            started: utc(run.started),
            elapsed: run.elapsed.map(|time| time.as_secs_f64()),
            recovers: run.recovers.as_deref(),
            granted: &run.granted,
            limits: RawValue::from_string(run.limits.clone()).ok(),
            seed: run.seed,
            actions: stats.actions,
            attempts: stats.attempts,
            cached: stats.cached,
            recovered: stats.recovered,
            failed: stats.failed,
            aborted: stats.aborted,
            denials: stats.denials,
            dropped: run.dropped,
            cost: run.elapsed.map(|_| stats.usage.into()),
            component: None,
            tree: None,
        }
    }
}

impl ComponentJson {
    pub(crate) fn of(root: &ActionRecord) -> Option<Self> {
        Some(Self { digest: hex(&root.component?), origin: root.origin.clone() })
    }
}
