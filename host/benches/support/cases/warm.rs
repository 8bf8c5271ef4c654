//! Calls of an instance that is used again.

use super::ROUNDS;
use crate::support::calls::{self, COMPONENT, INPUTS, TASK};
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::{Row, Target};
use crate::support::{native, threads::Threads};

/// A call may cost so many times one on wasmtime alone.
const CALL: f64 = 2.0;

pub(super) fn rows() -> Vec<Row> {
    let one = Threads::one();
    let mut instance = one.wait(Raw::load(COMPONENT).warm());
    let host = calls::host(super::host(&one), "predict_warm");
    let native = Contender::new(|n| native::predict_again(n, INPUTS));
    let raw = Contender::new(|n| {
        one.wait(async {
            for _ in 0..n {
                instance.call(TASK, INPUTS).await;
            }
        });
    });
    let warm = Contender::new(|n| one.share(n, &host));
    let [native, raw, warm] = race(Clock::Processor, ROUNDS, [native, raw, warm]);
    vec![
        Row::of("serde_json alone", &native),
        Row::of("raw wasmtime, warm call", &raw).over(raw.times_that_of(&native), "serde_json"),
        Row::of("warm call", &warm)
            .over(warm.times_that_of(&raw), "raw warm call")
            .over(warm.times_that_of(&native), "serde_json")
            .target(Target::ratio(CALL)),
    ]
}
