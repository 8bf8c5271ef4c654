//! A run's limits as they are kept.

use serde::{Deserialize, Serialize};

use crate::run::Limits;

/// [`Limits`] as a JSON object: times in seconds, sizes in bytes. Of one that another version wrote, some may be missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StoredLimits {
    pub(crate) max_runtime: Option<f64>,
    pub(crate) deadline: Option<f64>,
    pub(crate) max_actions: Option<u64>,
    pub(crate) max_depth: Option<u64>,
    pub(crate) max_memory: Option<usize>,
    pub(crate) max_fuel: Option<u64>,
    pub(crate) max_input: Option<usize>,
    pub(crate) max_output: Option<usize>,
    pub(crate) max_log: Option<u64>,
    pub(crate) max_pending: Option<usize>,
    pub(crate) max_handles: Option<usize>,
    pub(crate) max_held: Option<usize>,
}

impl StoredLimits {
    pub(super) fn of(limits: &Limits) -> Self {
        Self {
            max_runtime: limits.max_runtime.map(|time| time.as_secs_f64()),
            deadline: limits.deadline.map(|time| time.as_secs_f64()),
            max_actions: Some(limits.max_actions),
            max_depth: Some(limits.max_depth.into()),
            max_memory: Some(limits.max_memory),
            max_fuel: limits.max_fuel,
            max_input: Some(limits.max_input),
            max_output: Some(limits.max_output),
            max_log: Some(limits.max_log),
            max_pending: Some(limits.max_pending),
            max_handles: Some(limits.max_handles),
            max_held: Some(limits.max_held),
        }
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
