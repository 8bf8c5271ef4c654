//! What runs cost, in one line.

use std::fmt;
use std::time::Duration;

use crate::report::span;
use crate::run::{RunId, RunOutcome, RunStats, Usage};

/// What one run cost, or several one after the other.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    runs: Vec<RunId>,
    elapsed: Duration,
    stats: RunStats,
}

impl Cost {
    /// Takes one more run in.
    pub fn add(&mut self, outcome: &RunOutcome) {
        let (sum, stats) = (&mut self.stats, &outcome.stats);
        self.runs.push(outcome.run.clone());
        self.elapsed += outcome.elapsed;
        sum.actions += stats.actions;
        sum.attempts += stats.attempts;
        sum.cached += stats.cached;
        sum.recovered += stats.recovered;
        sum.failed += stats.failed;
        sum.aborted += stats.aborted;
        sum.denials += stats.denials;
        sum.usage.add(stats.usage);
    }

    /// The runs, in order.
    pub fn runs(&self) -> &[RunId] {
        &self.runs
    }
}

/// Displays as `4 actions in 12.1ms: instantiate 410µs, run 9.1ms, queue 210µs, serialize 95µs, at most 1.1 MiB each, 1 cached`.
/// The times are sums over all actions, which may run side by side; a parent's also counts those of its children.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunStats { actions, usage: Usage { instantiate, run, queue, serialize, peak_memory }, .. } = self.stats;
        let plural = if actions == 1 { "" } else { "s" };
        write!(f, "{actions} action{plural} in {}: ", span(self.elapsed))?;
        let times = [("instantiate", instantiate), ("run", run), ("queue", queue), ("serialize", serialize)];
        for (what, time) in times {
            write!(f, "{what} {}, ", span(time))?;
        }
        write!(f, "at most {} each", memory(peak_memory))?;
        let counts = [
            (self.stats.cached, "cached"),
            (self.stats.recovered, "recovered"),
            (self.stats.failed, "failed"),
            (self.stats.aborted, "aborted"),
        ];
        for (number, what) in counts.into_iter().filter(|(number, what)| *number > 0 || *what == "cached") {
            write!(f, ", {number} {what}")?;
        }
        Ok(())
    }
}

/// Rounded up: what took some never shows as none.
fn memory(bytes: usize) -> String {
    match bytes.div_ceil(1024) {
        kib if kib < 1024 => format!("{kib} KiB"),
        kib => format!("{:.1} MiB", kib as f64 / 1024.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Json;
    use crate::run::{Phase, RunId};

    #[test]
    fn several_runs_are_summed() {
        let stats = RunStats {
            actions: 2,
            failed: 1,
            usage: Usage {
                peak_memory: 1_200_000,
                instantiate: Duration::from_micros(205),
                run: Duration::from_millis(3),
                ..Usage::default()
            },
            ..RunStats::default()
        };
        let outcome = RunOutcome {
            run: RunId::random(),
            phase: Phase::Succeeded,
            result: Ok(Json::null()),
            elapsed: Duration::from_millis(6),
            stats,
        };
        let mut cost = Cost::default();
        assert!(cost.runs().is_empty());
        cost.add(&outcome);
        cost.add(&RunOutcome {
            stats: RunStats {
                usage: Usage { peak_memory: 100, ..Usage::default() },
                actions: 2,
                ..RunStats::default()
            },
            ..outcome
        });
        let expected = "4 actions in 12ms: instantiate 205µs, run 3ms, queue 0µs, serialize 0µs, at most 1.1 MiB each, \
                        0 cached, 1 failed";
        assert_eq!(cost.to_string(), expected);
    }
}
