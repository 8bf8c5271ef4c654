//! What a file says of its run.

use serde::{Deserialize, Serialize};

use crate::history::StoredFailure;
use crate::run::Limits;

/// A run and its actions.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The run's id.
    pub(super) run: String,
    /// The version of flyte-host that wrote it.
    pub(super) host: String,
    /// The run's seed, where clocks and randomness were fixed.
    pub(super) seed: Option<u64>,
    /// The run's limits: times in seconds, sizes in bytes.
    pub(super) limits: serde_json::Value,
    /// What was granted to the run; of variables, the names.
    pub(super) granted: Vec<String>,
    pub(super) components: Vec<Component>,
    pub(super) actions: Vec<Action>,
    pub(super) deliveries: Vec<Delivery>,
}

/// A component.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Component {
    /// Its file's name.
    pub(super) name: String,
    /// SHA-256, in hexadecimal.
    pub(super) digest: String,
    /// Whether it has a section of its own.
    pub(super) included: bool,
}

/// An action.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Action {
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    pub(super) parent_attempt: u32,
    pub(super) call: u64,
    pub(super) task: String,
    pub(super) phase: String,
    pub(super) attempts: u32,
    pub(super) inputs: Option<Place>,
    pub(super) output: Option<Place>,
    pub(super) failure: Option<StoredFailure>,
}

/// Where a value is among the values: its first byte, and how many they are.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) bytes: u64,
}

/// Results that reached an attempt of an action.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Delivery {
    pub(super) parent: u64,
    pub(super) attempt: u32,
    pub(super) first: u64,
    pub(super) count: u64,
    pub(super) calls: u64,
}

impl Place {
    /// The text that is there.
    pub(super) fn text(self, values: &[u8]) -> Option<&str> {
        let (at, bytes) = (usize::try_from(self.at).ok()?, usize::try_from(self.bytes).ok()?);
        std::str::from_utf8(values.get(at..at.checked_add(bytes)?)?).ok()
    }
}

impl Manifest {
    /// The run's limits; what is not said is as usual.
    pub(super) fn limits(&self) -> Limits {
        let usual = Limits::default();
        let limit = |name: &str| self.limits.get(name);
        let number = |name: &str| limit(name).and_then(serde_json::Value::as_u64);
        let size = |name: &str, usual: usize| {
            number(name).map_or(usual, |number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        let time = |name: &str| {
            let seconds = limit(name).and_then(serde_json::Value::as_f64);
            seconds.and_then(|seconds| std::time::Duration::try_from_secs_f64(seconds).ok())
        };
        Limits {
            max_runtime: time("max_runtime"),
            // The whole run's time is no matter of one action.
            deadline: None,
            max_actions: number("max_actions").unwrap_or(usual.max_actions),
            max_depth: usual.max_depth,
            max_memory: size("max_memory", usual.max_memory),
            max_fuel: number("max_fuel"),
            max_input: size("max_input", usual.max_input),
            max_output: size("max_output", usual.max_output),
            max_log: number("max_log").unwrap_or(usual.max_log),
            max_pending: size("max_pending", usual.max_pending),
            max_handles: size("max_handles", usual.max_handles),
            max_held: size("max_held", usual.max_held),
        }
    }
}
