//! Calls that each have a sandbox of their own.

use super::ROUNDS;
use crate::support::calls::{self, COMPONENT, INPUTS, TASK};
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::{Row, Target};
use crate::support::{native, threads::Threads};

/// A call may cost so many times one on wasmtime alone.
const CALL: f64 = 1.25;

pub(super) fn rows() -> Vec<Row> {
    let (one, two) = (Threads::one(), Threads::two());
    let raw = calls::raw(Raw::load(COMPONENT));
    let host = calls::host(super::host(&one), TASK);
    let contenders = [
        Contender::new(|n| native::predict_again(n, INPUTS)),
        Contender::new(|n| one.share(n, &raw)),
        Contender::new(|n| one.share(n, &host)),
    ];
    let [native, raw_alone, alone] = race(Clock::Processor, ROUNDS, contenders);
    let contenders = [Contender::new(|n| two.share(n, &raw)), Contender::new(|n| two.share(n, &host))];
    let [raw_both, both] = race(Clock::Wall, ROUNDS, contenders);
    vec![
        Row::of("fresh call", &alone)
            .over(alone.times_that_of(&raw_alone), "raw fresh call")
            .over(alone.times_that_of(&native), "serde_json")
            .target(Target::ratio(CALL)),
        Row::of("fresh call, both cores", &both).over(both.times_that_of(&raw_both), "raw fresh call, both cores"),
    ]
}
