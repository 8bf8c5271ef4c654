//! Calls that each have a sandbox of their own.

use super::ROUNDS;
use crate::support::calls::{self, COMPONENT, TASK};
use crate::support::race::{Contender, race};
use crate::support::raw::Raw;
use crate::support::row::{Row, Target};
use crate::support::threads::Threads;

pub(super) fn rows() -> Vec<Row> {
    let (one, two) = (Threads::one(), Threads::two());
    let raw = calls::raw(Raw::load(COMPONENT));
    let host = calls::host(super::host(&one), TASK);
    let mut raw_alone = Contender::new(|n| one.share(n, &raw));
    let mut raw_both = Contender::new(|n| two.share(n, &raw));
    let mut alone = Contender::new(|n| one.share(n, &host));
    let mut both = Contender::new(|n| two.share(n, &host));
    race(ROUNDS, &mut [&mut raw_alone, &mut raw_both, &mut alone, &mut both]);
    vec![
        Row::of("fresh call", &alone)
            .over(alone.times_that_of(&raw_alone), "raw fresh call")
            .target(Target::ratio(1.25)),
        Row::of("fresh call, both cores", &both).over(both.times_that_of(&raw_both), "raw, both cores"),
        Row::of("two-core scaling of fresh calls", &both).over(both.times_that_of(&alone), "one core"),
    ]
}
