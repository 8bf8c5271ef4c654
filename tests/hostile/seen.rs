//! What came of an attack: the outcome, and all that was told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flyte_host::RunRequest;
use flyte_host::run::{EventSink, Failure, Limit, Limits, Phase, RunEvent, RunOutcome, RunTree};

use crate::house::{HOUSE, tight};

/// A sink that counts what it is told.
#[derive(Default)]
struct Witness {
    tree: RunTree,
    /// Bytes of log lines and of messages of progress.
    told: AtomicUsize,
    lines: AtomicUsize,
    cuts: AtomicUsize,
    /// The longest name of a task and the longest label.
    longest: AtomicUsize,
}

impl EventSink for Witness {
    fn event(&self, event: &RunEvent) {
        self.tree.event(event);
        let text = match event {
            RunEvent::Log { line, .. } => line,
            RunEvent::Progress { message, .. } => message,
            RunEvent::LogCut { .. } => {
                self.cuts.fetch_add(1, Ordering::Relaxed);
                return;
            }
            RunEvent::ActionQueued { task, group, .. } => {
                let longest = task.len().max(group.as_ref().map_or(0, |group| group.len()));
                self.longest.fetch_max(longest, Ordering::Relaxed);
                return;
            }
            _ => return,
        };
        self.told.fetch_add(text.len(), Ordering::Relaxed);
        self.lines.fetch_add(1, Ordering::Relaxed);
    }
}

/// What came of an attack.
pub(crate) struct Seen {
    pub(crate) outcome: RunOutcome,
    witness: Arc<Witness>,
}

/// Runs a task that takes no parameters, within the tight limits.
pub(crate) async fn run(task: &str) -> Seen {
    run_within(task, tight()).await
}

/// Runs a task that takes no parameters.
pub(crate) async fn run_within(task: &str, limits: Limits) -> Seen {
    carry_out(RunRequest::new(task, "{}").limits(limits)).await
}

/// Runs what is asked for.
pub(crate) async fn carry_out(request: RunRequest) -> Seen {
    let witness = Arc::new(Witness::default());
    let outcome = HOUSE.host.start(request.watch(witness.clone())).outcome().await;
    Seen { outcome, witness }
}

impl Seen {
    /// The output of a task that ended well.
    #[track_caller]
    pub(crate) fn output(&self) -> &str {
        match &self.outcome.result {
            Ok(output) => output.as_str(),
            Err(failure) => panic!("failed: {failure}"),
        }
    }

    /// How it failed.
    #[track_caller]
    pub(crate) fn failure(&self) -> &Failure {
        self.outcome.result.as_ref().expect_err("the attack is stopped")
    }

    /// The limit that stopped it.
    #[track_caller]
    pub(crate) fn limit(&self) -> &Limit {
        match self.failure() {
            Failure::Limit(limit) => limit,
            other => panic!("stopped, and by no limit: {other}"),
        }
    }

    /// It was stopped because its time was over.
    #[track_caller]
    pub(crate) fn is_over_time(&self) {
        assert!(matches!(self.limit(), Limit::MaxRuntime(_)), "{:?}", self.failure());
        assert_eq!(self.outcome.phase, Phase::TimedOut);
        self.leaves_nothing_behind();
    }

    /// It was stopped by a trap that says this.
    #[track_caller]
    pub(crate) fn is_trapped(&self, message: &str) {
        let Failure::Trap(trap) = self.failure() else { panic!("no trap: {}", self.failure()) };
        assert!(trap.message.contains(message), "{}", trap.message);
        self.leaves_nothing_behind();
    }

    /// All of its actions have ended.
    #[track_caller]
    pub(crate) fn leaves_nothing_behind(&self) {
        assert!(self.witness.tree.actions().iter().all(|action| action.phase.is_final()));
    }

    /// What it printed and told was cut where the limit is, once, and told to be.
    #[track_caller]
    pub(crate) fn is_cut(&self, limits: &Limits) {
        assert_eq!(self.witness.cuts.load(Ordering::Relaxed), 1);
        let told = self.witness.told.load(Ordering::Relaxed) + self.witness.lines.load(Ordering::Relaxed);
        assert!(told as u64 <= limits.max_log, "{told} bytes were kept");
    }

    /// The longest name of a task, or label, that anybody was told.
    pub(crate) fn longest_label(&self) -> usize {
        self.witness.longest.load(Ordering::Relaxed)
    }
}
