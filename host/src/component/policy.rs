//! How a task asks to be run. See the contract's `task-policy`.

use std::time::Duration;

/// The longest pause between attempts where a task sets no cap of its own.
const DEFAULT_BACKOFF_CAP: Duration = Duration::from_secs(3600);

/// How the host runs a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskPolicy {
    /// Further attempts after a failed one: `n` means at most `n + 1` attempts.
    pub retries: u32,
    /// The pause before each further attempt.
    pub backoff: Backoff,
    /// What else is retried, beside recoverable errors that the task returned.
    pub retry_on: RetryOn,
    /// The longest an attempt may run. `None`: only the host's own limit holds.
    pub max_runtime: Option<Duration>,
    /// Whether and how a result may be answered from an earlier one.
    pub cache: CachePolicy,
    /// Whether an instance may run other actions after its first. `None`: every attempt has an instance of its own.
    pub reuse: Option<ReusePolicy>,
}

/// How an instance of the component is used again. See the contract's `reuse-policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReusePolicy {
    /// How many actions one instance may run, over its life; at least 1.
    pub max_uses: u32,
    /// How long an instance may wait for its next action.
    pub idle_ttl: Duration,
    /// How many actions one instance may run at once; at least 1.
    pub concurrency: u32,
    /// Which actions share instances.
    pub scope: ReuseScope,
}

/// Which actions may find what an earlier one left in an instance's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReuseScope {
    /// Those of one run: nothing crosses from run to run.
    Run,
    /// Those of all runs of a host.
    Global,
}

/// Failures that are retried only where the task's policy says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetryOn {
    /// The guest trapped.
    pub trap: bool,
    /// A limit was hit.
    pub limit: bool,
}

/// Exponential backoff between attempts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The pause before the second attempt. Zero: no pause.
    pub initial: Duration,
    /// What each further pause is multiplied with; finite and at least 1.
    pub factor: f64,
    /// The longest pause. `None`: one hour.
    pub cap: Option<Duration>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { initial: Duration::ZERO, factor: 2.0, cap: None }
    }
}

impl Backoff {
    /// The longest pause after the failed attempt of this number (from 1). A run takes half to all of it, by chance.
    pub fn pause_after(&self, attempt: u32) -> Duration {
        if self.initial.is_zero() {
            return Duration::ZERO; // also where the factor's power is infinite: zero times that is no number
        }
        let cap = self.cap.unwrap_or(DEFAULT_BACKOFF_CAP);
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.initial.as_secs_f64() * self.factor.powi(exponent);
        // Comparing floats first keeps an overflow (infinity) from reaching `Duration`, which would panic.
        if seconds >= cap.as_secs_f64() { cap } else { Duration::from_secs_f64(seconds) }
    }
}

/// When a task's result may be taken from an earlier action, and how. See the contract's `cache-policy`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CachePolicy {
    /// Whether it may be, and from which actions.
    pub behavior: CacheBehavior,
    /// Parameters that don't matter: whatever they are, it is the same result.
    pub ignored_inputs: Vec<String>,
    /// Whether, of actions that would compute the same result at once, one does and the others wait for it.
    pub serialize: bool,
    /// How old a result may be. `None`: of any age.
    pub max_age: Option<Duration>,
}

/// From which earlier actions a result may be taken, of those with the same task, inputs and rights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CacheBehavior {
    /// None.
    #[default]
    Disable,
    /// Those of the same component, loaded with the same others (byte by byte).
    Auto,
    /// Those with the same version string; the component may have changed.
    Override(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_by_the_factor_up_to_the_cap() {
        let backoff =
            Backoff { initial: Duration::from_millis(100), factor: 2.0, cap: Some(Duration::from_millis(350)) };
        let pauses: Vec<u128> = (1..=4).map(|n| backoff.pause_after(n).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 350, 350]);
    }

    #[test]
    fn a_pause_never_overflows() {
        let backoff = Backoff { initial: Duration::from_secs(1), factor: 1e300, cap: None };
        assert_eq!(backoff.pause_after(u32::MAX), DEFAULT_BACKOFF_CAP);
    }

    #[test]
    fn no_initial_pause_means_none_at_all() {
        assert_eq!(Backoff::default().pause_after(9), Duration::ZERO);
        assert_eq!(Backoff::default().pause_after(u32::MAX), Duration::ZERO);
    }
}
