//! wasmtime alone: what the machine gives, on one core and on two.

use super::ROUNDS;
use crate::support::calls::{self, COMPONENT};
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::Row;
use crate::support::threads::Threads;

pub(super) fn rows() -> Vec<Row> {
    let (one, two) = (Threads::one(), Threads::two());
    let raw = calls::raw(Raw::load(COMPONENT));
    let [quiet] = race(Clock::Processor, ROUNDS, [Contender::new(|n| one.share(n, &raw))]);
    let alone = Contender::new(|n| one.share(n, &raw));
    let both = Contender::new(|n| two.share(n, &raw));
    let [alone, both] = race(Clock::Wall, ROUNDS, [alone, both]);
    vec![
        Row::of("raw wasmtime, fresh call", &quiet),
        Row::of("raw wasmtime, fresh call, both cores", &both).over(both.times_that_of(&alone), "one core"),
    ]
}
