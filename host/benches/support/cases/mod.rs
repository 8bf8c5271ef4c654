//! The cases of the table. Each runs in a process of its own, so that its memory can be told.

mod fresh;
mod raw;

use flyte_host::Host;

use super::calls::COMPONENT;
use super::row::Row;
use super::threads::Threads;

/// What is measured, by name, in the order of the table.
pub(crate) const CASES: &[(&str, fn() -> Vec<Row>)] = &[("raw", raw::rows), ("fresh", fresh::rows)];

/// How often contenders take turns.
const ROUNDS: usize = 40;

/// A host with the measured component.
fn host(threads: &Threads) -> Host {
    threads.wait(Host::builder().load(COMPONENT).build()).unwrap()
}
