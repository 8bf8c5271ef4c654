//! What the second core brings.

use super::ROUNDS;
use crate::support::calls::{self, COMPONENT, INPUTS, TASK};
use crate::support::race::{Clock, Contender, Rounds, race};
use crate::support::raw::Raw;
use crate::support::row::Row;
use crate::support::{native, threads::Threads};

/// Children of one fan-out.
const CHILDREN: usize = 1000;

pub(super) fn rows() -> Vec<Row> {
    let (one, two) = (Threads::one(), Threads::two());
    let raw = calls::raw(Raw::load(COMPONENT));
    let host = super::host(&one);
    let calls = calls::host(host.clone(), TASK);
    let inputs = format!(r#"{{"n":{CHILDREN}}}"#);
    let fan_out = |threads: &Threads| {
        threads.wait(async { host.run("fan_out", inputs.as_str()).await }).unwrap();
    };
    // What uses no memory and no lock tells how much of a second core there is.
    let alone = |n| async move { native::predict_again(n, INPUTS) };
    let native_one = Contender::new(|n| one.share(n, alone));
    let native_two = Contender::new(|n| two.share(n, alone));
    let raw_one = Contender::new(|n| one.share(n, &raw));
    let raw_two = Contender::new(|n| two.share(n, &raw));
    let calls_one = Contender::new(|n| one.share(n, &calls));
    let calls_two = Contender::new(|n| two.share(n, &calls));
    let children_one = Contender::of(CHILDREN, |_| fan_out(&one));
    let children_two = Contender::of(CHILDREN, |_| fan_out(&two));
    let contenders = [native_one, native_two, raw_one, raw_two, calls_one, calls_two, children_one, children_two];
    let [native_one, native_two, raw_one, raw_two, calls_one, calls_two, children_one, children_two] =
        race(Clock::Wall, ROUNDS / 2, contenders);
    let row = |name: &str, one: &Rounds, two: &Rounds| {
        Row::of(format!("both cores: {name}"), two).over(two.times_that_of(one), "one core")
    };
    vec![
        row("serde_json alone", &native_one, &native_two),
        row("raw fresh calls", &raw_one, &raw_two),
        row("fresh calls", &calls_one, &calls_two),
        row("children of a fan-out", &children_one, &children_two),
    ]
}
