//! The cases of the table. Each runs in a process of its own, so that its memory can be told.

mod chain;
mod command;
mod fan_out;
mod fresh;
mod history;
mod idle;
mod languages;
mod raw;
mod scaling;
mod value;
mod warm;

use fan_out::{FRESH, REUSED};
use flyte_host::Host;

use super::calls::COMPONENT;
use super::row::Row;
use super::threads::Threads;

/// A name, and what measures it.
pub(crate) type Case = (&'static str, fn() -> Vec<Row>);

/// What is measured, in the order of the table.
pub(crate) const CASES: &[Case] = &[
    ("raw", raw::rows),
    ("fresh", fresh::rows),
    ("warm", warm::rows),
    ("fan-out-100", || FRESH.rows(100)),
    ("fan-out-10000", || FRESH.rows(10_000)),
    ("fan-out-100000", || FRESH.rows(100_000)),
    ("fan-out-1000000", || FRESH.million()),
    ("reuse-100", || REUSED.rows(100)),
    ("reuse-10000", || REUSED.rows(10_000)),
    ("reuse-100000", || REUSED.rows(100_000)),
    ("reuse-1000000", || REUSED.million()),
    ("chain-100b", || chain::rows("100 B", 0)),
    ("chain-10kb", || chain::rows("10 KB", 102)),
    ("chain-1mb", || chain::rows("1 MB", 10_450)),
    ("value-64mb", value::rows),
    ("scaling", scaling::rows),
    ("python", languages::python),
    ("javascript", languages::javascript),
    ("command", command::rows),
    ("idle", idle::rows),
    ("history", history::rows),
    ("durable", history::durable),
    ("archive", history::archive),
];

/// How often contenders take turns.
const ROUNDS: usize = 40;

/// A host with the measured component.
fn host(threads: &Threads) -> Host {
    threads.wait(Host::builder().load(COMPONENT).build()).unwrap()
}
