//! What is told of a run while it goes on. Reporters, recorders and the run tree consume these.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::component::ComponentInfo;
use crate::record::Json;
use crate::rights::{Capability, Denial};
use crate::run::{ActionId, Failure, Limits, Phase, RunId, Usage};

/// An immutable fact about a run.
///
/// An action is queued, then its inputs are accepted, then each of its attempts starts and perhaps fails, then it ends;
/// one that ends before it got a slot has no attempt. An action's [`RunEvent::ActionEnded`] comes before its parent's, and
/// before its result is delivered to it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RunEvent {
    /// A run began.
    RunStarted {
        /// Its id.
        run: RunId,
        /// The root's task.
        task: Arc<str>,
        /// When.
        at: SystemTime,
        /// What it may take.
        limits: Arc<Limits>,
        /// What the operator grants to it.
        granted: Arc<[Capability]>,
        /// The seed of its randomness, where clocks and randomness are fixed.
        seed: Option<u64>,
    },
    /// An action was invoked.
    ActionQueued {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// The action that invoked it; `None` for the root.
        parent: Option<ActionId>,
        /// The task, by the name it was invoked with.
        task: Arc<str>,
        /// The label it shares with its siblings.
        group: Option<Arc<str>>,
        /// The attempt of the parent that invoked it, from 1; 0 for the root.
        parent_attempt: u32,
        /// Its number among that attempt's invocations, from 0.
        call: u64,
        /// The task's component; `None` where there is no such task.
        component: Option<Arc<ComponentInfo>>,
        /// The longest an attempt may run, where its invocation says so in place of its task's policy.
        max_runtime: Option<Duration>,
        /// What it may use outside its sandbox.
        rights: Arc<[Capability]>,
    },
    /// An action's inputs conform to its task's schema.
    InputsAccepted {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// The inputs; `None` where a granted secret is in them.
        inputs: Option<Json>,
    },
    /// An attempt got a slot and begins.
    AttemptStarted {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// The attempt's number, from 1.
        attempt: u32,
    },
    /// The guest wrote a line to its standard output or error.
    Log {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// Which of the two.
        stream: LogStream,
        /// The line, without its end; invalid UTF-8 is replaced.
        line: String,
    },
    /// What an action prints is no longer kept: it printed more than [`Limits::max_log`].
    LogCut {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// How much was kept, in bytes.
        limit: u64,
    },
    /// A guest asked for something it has no right to. Told once for each thing an attempt asks for.
    Denied {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// What, and who withholds it.
        denial: Denial,
    },
    /// The guest told how far it has come.
    Progress {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// What it is doing.
        message: String,
        /// How far, from 0 to 1, where it is known.
        fraction: Option<f64>,
    },
    /// An attempt failed.
    AttemptFailed {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// The attempt's number, from 1.
        attempt: u32,
        /// Why.
        failure: Arc<Failure>,
        /// The pause before the next attempt; `None` where there is no next one.
        retry_after: Option<Duration>,
    },
    /// An action reached its final phase.
    ActionEnded {
        /// The run.
        run: RunId,
        /// The action.
        action: ActionId,
        /// The phase.
        phase: Phase,
        /// Why it has no result, where it has none.
        failure: Option<Arc<Failure>>,
        /// Whether the result is an earlier action's.
        cached: bool,
        /// The time since it was invoked.
        elapsed: Duration,
        /// The result; `None` where there is none, and where a granted secret is in it.
        output: Option<Json>,
        /// What it took.
        usage: Usage,
    },
    /// The results of actions that were invoked together reached the attempt that invoked them.
    Delivered {
        /// The run.
        run: RunId,
        /// The action that waited for them.
        parent: ActionId,
        /// The first of them; the others follow it.
        first: ActionId,
        /// How many they are.
        count: u64,
        /// How many invocations the attempt had made by then.
        calls: u64,
    },
    /// The run ended, and with it every action.
    RunEnded {
        /// The run.
        run: RunId,
        /// The root's phase.
        phase: Phase,
        /// The time since it began.
        elapsed: Duration,
        /// What it used.
        stats: RunStats,
    },
}

impl RunEvent {
    /// The run it is about.
    pub fn run(&self) -> &RunId {
        match self {
            Self::RunStarted { run, .. }
            | Self::ActionQueued { run, .. }
            | Self::InputsAccepted { run, .. }
            | Self::AttemptStarted { run, .. }
            | Self::Log { run, .. }
            | Self::LogCut { run, .. }
            | Self::Denied { run, .. }
            | Self::Progress { run, .. }
            | Self::AttemptFailed { run, .. }
            | Self::ActionEnded { run, .. }
            | Self::Delivered { run, .. }
            | Self::RunEnded { run, .. } => run,
        }
    }
}

/// The guest's two output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Counts over a whole run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunStats {
    /// All actions, the root included.
    pub actions: u64,
    /// All attempts.
    pub attempts: u64,
    /// Actions whose result was an earlier action's.
    pub cached: u64,
    /// Actions whose result was that of the run which is recovered.
    pub recovered: u64,
    /// Actions that failed or timed out.
    pub failed: u64,
    /// Actions that were aborted.
    pub aborted: u64,
    /// Things that guests asked for and had no right to.
    pub denials: u64,
    /// What its actions took, summed over all of them; some run side by side, and a parent's time is also that of the
    /// children it waits for.
    pub usage: Usage,
}

/// Consumes events. Called from many threads at once, on the run's own path: it must be quick and not block.
pub trait EventSink: Send + Sync + 'static {
    /// Takes note of one event.
    fn event(&self, event: &RunEvent);
}

/// Tells several.
impl EventSink for Vec<Arc<dyn EventSink>> {
    fn event(&self, event: &RunEvent) {
        self.iter().for_each(|sink| sink.event(event));
    }
}

impl<F: Fn(&RunEvent) + Send + Sync + 'static> EventSink for F {
    fn event(&self, event: &RunEvent) {
        self(event);
    }
}
