//! A run that is being recorded: what of it is known, and not written yet.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use twox_hash::XxHash3_128;

use crate::component::ComponentInfo;
use crate::history::code::{has_key, micros, moment};
use crate::history::{RunNote, StoredFailure, StoredLimits};
use crate::record::Json;
use crate::rights::Capability;
use crate::run::{AbortHandle, ActionId, Limits, LogStream, Phase, RunEvent, RunId, RunStats, Usage};

/// A run, as far as it is not written.
#[derive(Debug)]
pub(super) struct OpenRun {
    pub(super) id: RunId,
    pub(super) note: RunNote,
    pub(super) abort: AbortHandle,
    /// Its number in the database, once it has one.
    pub(super) number: Option<i64>,
    pub(super) began: Instant,
    /// Whether its own row is to be written again.
    pub(super) changed: bool,
    pub(super) outline: Outline,
    /// Those that have not ended, or are not written.
    pub(super) actions: HashMap<u64, OpenAction>,
    /// Those that are to be written.
    pub(super) unwritten: Vec<u64>,
    pub(super) attempts: Vec<FailedAttempt>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) logs: Vec<Line>,
    /// How many there were before those.
    pub(super) deliveries_written: u64,
    pub(super) logs_written: u64,
}

/// What a run's own row says.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) task: Arc<str>,
    pub(super) started: i64,
    pub(super) elapsed: Option<i64>,
    pub(super) phase: Phase,
    pub(super) granted: String,
    pub(super) limits: String,
    pub(super) seed: Option<u64>,
    pub(super) stats: RunStats,
    pub(super) dropped: u64,
}

/// An action, as far as it is known.
#[derive(Debug)]
pub(super) struct OpenAction {
    pub(super) parent: Option<ActionId>,
    pub(super) parent_attempt: u32,
    pub(super) call: u64,
    pub(super) kind: Kind,
    pub(super) label: Option<Arc<str>>,
    pub(super) phase: Phase,
    pub(super) cached: bool,
    pub(super) attempts: u32,
    pub(super) queued: i64,
    pub(super) started: Option<i64>,
    /// When its last attempt started.
    pub(super) attempted: Option<i64>,
    pub(super) ended: Option<i64>,
    pub(super) usage: Option<Usage>,
    pub(super) inputs: Option<Json>,
    pub(super) inputs_hash: Option<u128>,
    pub(super) output: Option<Json>,
    pub(super) failure: Option<String>,
    /// As its invocation set it.
    pub(super) max_runtime: Option<Duration>,
    /// Whether there is a row of it.
    pub(super) written: bool,
    /// Whether it is among those that are to be written.
    listed: bool,
}

/// What an action is an attempt at.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    pub(super) task: Arc<str>,
    pub(super) component: Option<Arc<ComponentInfo>>,
    pub(super) rights: Arc<[Capability]>,
}

/// An attempt that failed.
#[derive(Debug)]
pub(super) struct FailedAttempt {
    pub(super) action: u64,
    pub(super) attempt: u32,
    pub(super) started: Option<i64>,
    pub(super) failed: i64,
    pub(super) failure: String,
}

/// Results that reached who waited for them.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) parent: u64,
    pub(super) attempt: u32,
    pub(super) first: u64,
    pub(super) count: u64,
    pub(super) calls: u64,
}

/// A line of the log.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) action: u64,
    pub(super) at: i64,
    pub(super) stream: Stream,
    pub(super) text: String,
}

/// Where a line comes from, by its number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Progress = 0,
    Stdout = 1,
    Stderr = 2,
    Denied = 3,
    Host = 4,
}

impl OpenRun {
    /// Of a run's first event; `None` of any other.
    pub(super) fn begin(event: &RunEvent, note: RunNote, abort: AbortHandle, began: Instant) -> Option<Self> {
        let RunEvent::RunStarted { run, task, at, limits, granted, seed } = event else { return None };
        Some(Self {
            id: run.clone(),
            note,
            abort,
            number: None,
            began,
            changed: true,
            outline: Outline::of(task, *at, limits, granted, *seed),
            actions: HashMap::new(),
            unwritten: Vec::new(),
            attempts: Vec::new(),
            deliveries: Vec::new(),
            logs: Vec::new(),
            deliveries_written: 0,
            logs_written: 0,
        })
    }

    /// Takes note of what happens.
    pub(super) fn event(&mut self, at: Instant, event: RunEvent) {
        let now = micros(at.saturating_duration_since(self.began));
        match event {
            RunEvent::ActionQueued {
                action,
                parent,
                task,
                group,
                parent_attempt,
                call,
                component,
                max_runtime,
                rights,
                ..
            } => {
                self.outline.stats.actions += 1;
                self.changed = true;
                if has_key(action) {
                    let kind = Kind { task, component, rights };
                    let open = OpenAction::queued(parent, parent_attempt, call, kind, group, now);
                    self.actions.insert(action.0, OpenAction { max_runtime, ..open });
                }
            }
            RunEvent::InputsAccepted { action, inputs, .. } => {
                if let Some(open) = self.actions.get_mut(&action.0) {
                    open.inputs_hash =
                        inputs.as_ref().map(|inputs| XxHash3_128::oneshot(inputs.as_str().as_bytes()));
                    open.inputs = inputs;
                }
            }
            RunEvent::AttemptStarted { action, attempt, .. } => {
                self.outline.stats.attempts += 1;
                self.change(action, |open| {
                    open.phase = Phase::Running;
                    open.attempts = attempt;
                    open.started.get_or_insert(now);
                    open.attempted = Some(now);
                });
            }
            RunEvent::AttemptFailed { action, attempt, failure, retry_after, .. } => {
                let started = self.actions.get(&action.0).and_then(|open| open.attempted);
                if retry_after.is_some() {
                    self.change(action, |open| open.phase = Phase::Queued);
                }
                let failure = StoredFailure::of(&failure).to_text();
                self.attempts.push(FailedAttempt { action: action.0, attempt, started, failed: now, failure });
            }
            RunEvent::ActionEnded { action, phase, failure, cached, output, usage, .. } => {
                let stats = &mut self.outline.stats;
                stats.cached += u64::from(cached);
                match phase {
                    Phase::Failed | Phase::TimedOut => stats.failed += 1,
                    Phase::Aborted => stats.aborted += 1,
                    Phase::Recovered => stats.recovered += 1,
                    _ => {}
                }
                self.changed = true;
                let failure = failure.map(|failure| StoredFailure::of(&failure).to_text());
                self.change(action, |open| {
                    open.phase = phase;
                    open.cached = cached;
                    open.ended = Some(now);
                    open.usage = Some(usage);
                    open.output = output;
                    open.failure = failure;
                });
            }
            RunEvent::Delivered { parent, first, count, calls, .. } => {
                let attempt = self.actions.get(&parent.0).map_or(1, |open| open.attempts);
                self.deliveries.push(Delivery { parent: parent.0, attempt, first: first.0, count, calls });
            }
            RunEvent::Log { action, stream, line, .. } => {
                let stream = match stream {
                    LogStream::Stdout => Stream::Stdout,
                    LogStream::Stderr => Stream::Stderr,
                };
                self.line(action, now, stream, line);
            }
            RunEvent::Progress { action, message, fraction, .. } => {
                let text = match fraction {
                    Some(fraction) => format!("{:3.0}% {message}", fraction * 100.0),
                    None => message,
                };
                self.line(action, now, Stream::Progress, text);
            }
            RunEvent::Denied { action, denial, .. } => {
                self.outline.stats.denials += 1;
                self.line(action, now, Stream::Denied, format!("denied: {denial}"));
            }
            RunEvent::LogCut { action, limit, .. } => {
                self.line(action, now, Stream::Host, format!("(printed more than {limit} bytes: no more is kept)"));
            }
            RunEvent::RunEnded { phase, elapsed, stats, .. } => {
                self.outline.phase = phase;
                self.outline.elapsed = Some(micros(elapsed));
                self.outline.stats = stats;
                self.changed = true;
            }
            RunEvent::RunStarted { .. } => {}
        }
    }

    /// Something of it was left out.
    pub(super) fn dropped(&mut self) {
        self.outline.dropped += 1;
        self.changed = true;
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.outline.elapsed.is_some()
    }

    /// Takes note that all of it was written: those that ended are forgotten.
    pub(super) fn written(&mut self) {
        for action in std::mem::take(&mut self.unwritten) {
            let Some(open) = self.actions.get_mut(&action) else { continue };
            if open.ended.is_some() {
                self.actions.remove(&action);
            } else {
                open.written = true;
                open.listed = false;
                open.inputs = None;
            }
        }
        self.changed = false;
        self.attempts.clear();
        self.deliveries_written += self.deliveries.len() as u64;
        self.deliveries.clear();
        self.logs_written += self.logs.len() as u64;
        self.logs.clear();
    }

    /// Forgets what could not be written.
    pub(super) fn lose(&mut self) {
        let lost = self.unwritten.len() + self.attempts.len() + self.deliveries.len() + self.logs.len();
        self.outline.dropped += lost as u64;
        self.written();
        self.changed = true;
    }

    fn change(&mut self, action: ActionId, change: impl FnOnce(&mut OpenAction)) {
        let Some(open) = self.actions.get_mut(&action.0) else { return };
        change(open);
        if !std::mem::replace(&mut open.listed, true) {
            self.unwritten.push(action.0);
        }
    }

    fn line(&mut self, action: ActionId, at: i64, stream: Stream, text: String) {
        self.logs.push(Line { action: action.0, at, stream, text });
    }
}

impl OpenAction {
    fn queued(
        parent: Option<ActionId>,
        parent_attempt: u32,
        call: u64,
        kind: Kind,
        label: Option<Arc<str>>,
        queued: i64,
    ) -> Self {
        Self {
            parent,
            parent_attempt,
            call,
            kind,
            label,
            phase: Phase::Queued,
            cached: false,
            attempts: 0,
            queued,
            started: None,
            attempted: None,
            ended: None,
            usage: None,
            inputs: None,
            inputs_hash: None,
            output: None,
            failure: None,
            max_runtime: None,
            written: false,
            listed: false,
        }
    }
}

impl Outline {
    fn of(task: &Arc<str>, at: SystemTime, limits: &Limits, granted: &[Capability], seed: Option<u64>) -> Self {
        let granted: Vec<String> = granted.iter().map(ToString::to_string).collect();
        Self {
            task: Arc::clone(task),
            started: moment(at),
            elapsed: None,
            phase: Phase::Running,
            granted: serde_json::to_string(&granted).unwrap_or_default(),
            limits: StoredLimits::of(limits).to_text(),
            seed,
            stats: RunStats::default(),
            dropped: 0,
        }
    }
}
