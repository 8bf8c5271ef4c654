//! What a file says of its run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::history::{StoredFailure, StoredLimits};
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
    /// The run's limits.
    pub(super) limits: StoredLimits,
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
    /// The longest an attempt might run, in nanoseconds, where its invocation said so.
    pub(super) max_runtime: Option<u64>,
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
    /// Whether the run came to have as many actions as it might.
    pub(super) fn is_exhausted(&self) -> bool {
        self.limits.max_actions.is_some_and(|most| self.actions.len() as u64 >= most)
    }

    /// The run's limits, none above `most`: a file may come from anybody. What is not said is as there.
    pub(super) fn limits(&self, most: &Limits) -> Limits {
        fn least<N: Ord>(here: Option<N>, most: N) -> N {
            match here {
                Some(here) => here.min(most),
                None => most,
            }
        }
        let here = &self.limits;
        let runtime = here.max_runtime.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Limits {
            max_runtime: runtime.into_iter().chain(most.max_runtime).min(),
            // The whole run's time is no matter of one action.
            deadline: most.deadline,
            max_actions: least(here.max_actions, most.max_actions),
            max_depth: least(here.max_depth.map(|depth| u32::try_from(depth).unwrap_or(u32::MAX)), most.max_depth),
            max_memory: least(here.max_memory, most.max_memory),
            max_fuel: here.max_fuel.into_iter().chain(most.max_fuel).min(),
            max_input: least(here.max_input, most.max_input),
            max_output: least(here.max_output, most.max_output),
            max_log: least(here.max_log, most.max_log),
            max_pending: least(here.max_pending, most.max_pending),
            max_handles: least(here.max_handles, most.max_handles),
            max_held: least(here.max_held, most.max_held),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(limits: serde_json::Value) -> Manifest {
        Manifest {
            run: String::new(),
            host: String::new(),
            seed: None,
            limits: serde_json::from_value(limits).unwrap(),
            granted: Vec::new(),
            components: Vec::new(),
            actions: Vec::new(),
            deliveries: Vec::new(),
        }
    }

    #[test]
    fn a_file_gives_itself_no_more_than_there_is() {
        let most = Limits {
            max_runtime: Some(Duration::from_secs(9)),
            deadline: Some(Duration::from_secs(10)),
            max_fuel: Some(1000),
            ..Limits::default()
        };
        let all = u64::MAX;
        let greedy = serde_json::json!({
            "max_runtime": 1e9, "deadline": 1e9, "max_actions": all, "max_depth": all, "max_memory": all,
            "max_fuel": all, "max_input": all, "max_output": all, "max_log": all, "max_pending": all,
            "max_handles": all, "max_held": all,
        });
        assert_eq!(manifest(greedy).limits(&most), most);
        assert_eq!(manifest(serde_json::json!({})).limits(&most), most);
        let modest = serde_json::json!({ "max_runtime": 0.5, "max_memory": 7, "max_fuel": 8 });
        let limits = manifest(modest).limits(&most);
        assert_eq!((limits.max_runtime, limits.max_memory), (Some(Duration::from_millis(500)), 7));
        assert_eq!((limits.max_fuel, limits.max_output), (Some(8), most.max_output));
    }
}
