//! What an action or a run took.

use flyte_host::report::span;
use flyte_host::run::Usage;
use serde::Serialize;

use crate::past::size;

/// In a row of a page; `most` stands before the memory.
pub(super) fn cost(usage: &Usage, most: &str) -> String {
    let Usage { queue, instantiate, run, serialize, peak_memory } = *usage;
    let [queue, instantiate, run, serialize] = [queue, instantiate, run, serialize].map(span);
    let peak = size(peak_memory);
    format!("queue {queue}, instantiate {instantiate}, run {run}, serialize {serialize}; {most}{peak} of memory")
}

/// As `--json` shows it: times in seconds, memory in bytes.
#[derive(Serialize)]
pub(super) struct CostJson {
    queue: f64,
    instantiate: f64,
    run: f64,
    serialize: f64,
    peak_memory: usize,
}

impl From<Usage> for CostJson {
    fn from(usage: Usage) -> Self {
        Self {
            queue: usage.queue.as_secs_f64(),
            instantiate: usage.instantiate.as_secs_f64(),
            run: usage.run.as_secs_f64(),
            serialize: usage.serialize.as_secs_f64(),
            peak_memory: usage.peak_memory,
        }
    }
}
