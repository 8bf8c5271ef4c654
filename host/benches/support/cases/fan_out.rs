//! A task that invokes many children at once, each in a sandbox of its own or in one that is used again.

use std::cell::RefCell;
use std::time::Duration;

use flyte_host::run::{Failure, Limits};
use flyte_host::{Host, RunRequest};

use crate::support::calls::{self, COMPONENT};
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::{Row, Target};
use crate::support::threads::Threads;

/// A child may cost so many times a fresh call on one core: two of them share the work.
const CHILD: f64 = 0.8;
/// A child among a million may cost so many times one among a thousand.
const FLAT: f64 = 1.1;
/// The most memory that a million children may take, in bytes.
const MILLION_PEAK: u64 = 1 << 30;
/// Whatever takes longer is not measured.
const DEADLINE: Duration = Duration::from_secs(90);

/// The usual limits, but for the number of actions.
fn limits(children: u64) -> Limits {
    let usual = Limits::default();
    Limits { deadline: Some(DEADLINE), max_actions: usual.max_actions.max(children + 1), ..usual }
}

/// One fan-out after the other, until one fails.
struct FanOut<'a> {
    host: &'a Host,
    threads: &'a Threads,
    task: &'static str,
    children: u64,
    failed: RefCell<Option<Failure>>,
}

impl FanOut<'_> {
    fn go(&self) {
        if self.failed.borrow().is_some() {
            return;
        }
        let inputs = format!(r#"{{"n":{}}}"#, self.children);
        let request = RunRequest::new(self.task, inputs).limits(limits(self.children));
        let outcome = self.threads.wait(async { self.host.start(request).outcome().await });
        if let Err(failure) = outcome.result {
            self.failed.replace(Some(failure));
        }
    }

    /// As something to be timed by the child, with `at_once` fan-outs in one turn.
    fn contender(&self, at_once: usize) -> Contender<'_> {
        Contender::of(at_once * self.children as usize, move |_| (0..at_once).for_each(|_| self.go()))
    }

    /// The row, or why there is none.
    fn row(&self, name: &str, measured: impl FnOnce(String) -> Row) -> Row {
        let name = format!("{name} {}, a child", grouped(self.children));
        match self.failed.take() {
            Some(failure) => Row::missing(name, failure.to_string()),
            None => measured(name),
        }
    }
}

/// Children of which each has an instance of its own.
pub(super) const FRESH: Children = Children { name: "fan-out of", task: "fan_out" };
/// Children whose instances are used again.
pub(super) const REUSED: Children = Children { name: "reusing fan-out of", task: "fan_out_warm" };

/// Who is invoked.
pub(super) struct Children {
    name: &'static str,
    task: &'static str,
}

impl Children {
    fn of<'a>(&self, host: &'a Host, threads: &'a Threads, children: u64) -> FanOut<'a> {
        FanOut { host, threads, task: self.task, children, failed: RefCell::new(None) }
    }

    /// So many of them.
    pub(super) fn rows(&self, children: u64) -> Vec<Row> {
        let (one, two) = (Threads::one(), Threads::two());
        let host = super::host(&two);
        let raw = calls::raw(Raw::load(COMPONENT));
        let fan_out = self.of(&host, &two, children);
        let rounds = if children < 1000 { 40 } else { 3 };
        let raw = Contender::new(|n| one.share(n, &raw));
        let [raw, own] = race(Clock::Wall, rounds, [raw, fan_out.contender(1)]);
        let row =
            fan_out.row(self.name, |name| Row::of(name, &own).over(own.times_that_of(&raw), "raw fresh call"));
        vec![if children == 100_000 { row.target(Target::ratio(CHILD)) } else { row }]
    }

    /// A million of them, beside a thousand.
    pub(super) fn million(&self) -> Vec<Row> {
        let two = Threads::two();
        let host = super::host(&two);
        let (few, many) = (self.of(&host, &two, 1000), self.of(&host, &two, 1_000_000));
        // A million take so long that there is one round of them; thousands come before and after.
        let [before] = race(Clock::Wall, 3, [few.contender(20)]);
        let [million] = race(Clock::Wall, 1, [many.contender(1)]);
        let [after] = race(Clock::Wall, 3, [few.contender(20)]);
        let row = many.row(self.name, |name| {
            let ratio = 2.0 * million.cost().time / (before.cost().time + after.cost().time);
            Row::of(name, &million).over(ratio, "a child of 1,000")
        });
        vec![row.target(Target { peak: Some(MILLION_PEAK), ..Target::ratio(FLAT) })]
    }
}

/// `1,000,000`.
fn grouped(number: u64) -> String {
    match number {
        n if n < 1000 => n.to_string(),
        n => format!("{},{:03}", grouped(n / 1000), n % 1000),
    }
}
