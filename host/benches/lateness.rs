//! How late limits of time are: the longest of some tries, from the limit to the run's end.
//!
//! `cargo bench -p flyte-host --bench lateness` prints one table. What it tells holds for a machine that does nothing else.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a table for people; what is not expected stops it")]

use std::time::Duration;

use flyte_host::run::{Failure, Limit, Limits, RunOutcome};
use flyte_host::{Host, RunRequest};
use flyte_host_artifacts::FANOUT;
use futures::future::join_all;
use tokio::runtime::Builder;

const LIMIT: Duration = Duration::from_millis(100);
const TRIES: usize = 10;

/// What a guest does instead of ending: its name, its task, the task's inputs.
const GUESTS: [(&str, &str, &str); 3] = [
    ("computes", "spin", "{}"),
    ("sleeps", "hang", "{}"),
    ("waits for sleeping children", "hang_together", r#"{"n":3}"#),
];

fn main() {
    // As the command line has it.
    let runtime = Builder::new_multi_thread().enable_all().event_interval(8).build().unwrap();
    runtime.block_on(table());
}

async fn table() {
    let host = Host::builder().load(FANOUT).build().await.unwrap();
    let max_runtime = Limits { max_runtime: Some(LIMIT), ..Limits::default() };
    let deadline = Limits { deadline: Some(LIMIT), ..Limits::default() };
    println!("{:<32} {:>8} {:>14} {:>14}", "the guest", "at once", "max-runtime", "deadline");
    for (name, task, inputs) in GUESTS {
        for at_once in [1, 32, 128] {
            let by_runtime = latest(&host, &max_runtime, task, inputs, at_once).await;
            let by_deadline = latest(&host, &deadline, task, inputs, at_once).await;
            println!("{name:<32} {at_once:>8} {by_runtime:>11.1} ms {by_deadline:>11.1} ms");
        }
    }
}

/// By how many milliseconds the last of so many runs at once was late, at worst.
async fn latest(host: &Host, limits: &Limits, task: &str, inputs: &str, at_once: usize) -> f64 {
    let mut latest = Duration::ZERO;
    for _ in 0..TRIES {
        let runs = (0..at_once).map(|_| host.start(RunRequest::new(task, inputs).limits(limits.clone())).outcome());
        for RunOutcome { result, elapsed, .. } in join_all(runs).await {
            assert!(
                matches!(result, Err(Failure::Limit(Limit::MaxRuntime(_) | Limit::Deadline(_)))),
                "{task}: {result:?}"
            );
            latest = latest.max(elapsed.saturating_sub(LIMIT));
        }
    }
    latest.as_secs_f64() * 1e3
}
