//! One large value that passes through three tasks.

use flyte_host::run::Limits;
use flyte_host::{Host, RunRequest};

use crate::support::calls::COMPONENT;
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::Row;
use crate::support::threads::Threads;
use crate::support::{machine, native};

/// The value, in bytes, about.
const SIZE: usize = 64_000_000;
/// What the guest may take, in bytes: the value as text twice, and as lines.
const MEMORY: usize = 1 << 30;
const TASKS: usize = 3;

pub(super) fn rows() -> Vec<Row> {
    let one = Threads::one();
    let host = super::host(&one);
    let text = record(&one, &host);
    let mut size = 0;
    one.wait(through(&host, &text));
    let peak = machine::peak_memory();

    let raw = Raw::load(COMPONENT).memory(MEMORY);
    let own = Contender::of(TASKS, |_| size = one.wait(through(&host, &text)));
    let raw = Contender::of(TASKS, |_| {
        one.wait(async {
            let mut passed = text.clone();
            for _ in 0..TASKS {
                passed = raw.fresh("echo", &inputs(&passed)).await;
            }
        });
    });
    let native = Contender::of(TASKS, |n| native::echo_again(n, &text));
    let mut buffer = vec![0; text.len()];
    let memcpy = Contender::of(TASKS, |n| native::copy_again(n, text.as_bytes(), &mut buffer));
    let [own, raw, native, memcpy] = race(Clock::Processor, 3, [own, raw, native, memcpy]);
    let row = Row::of(format!("{} MB through {TASKS} tasks: a task", text.len() / 1_000_000), &own)
        .over(own.times_that_of(&raw), "raw")
        .over(own.times_that_of(&native), "serde_json")
        .over(own.times_that_of(&memcpy), "memcpy")
        .peak(peak)
        .note(format!("{:.0} MB/s", text.len() as f64 / own.cost().time / 1e6));
    assert_eq!(size, text.len(), "the value changed on its way");
    vec![row]
}

/// A record of about [`SIZE`].
fn record(threads: &Threads, host: &Host) -> String {
    let of = |lines: usize| {
        let request = RunRequest::new("make_record", format!(r#"{{"lines":{lines}}}"#)).limits(limits());
        threads.wait(async { host.start(request).outcome().await }).result.unwrap()
    };
    let line = of(100_000).as_str().len() / 100_000 + 1;
    of(SIZE / line).into()
}

/// The size of what comes out, in bytes.
async fn through(host: &Host, text: &str) -> usize {
    let mut passed = text.to_owned();
    for _ in 0..TASKS {
        let request = RunRequest::new("echo", inputs(&passed)).limits(limits());
        passed = host.start(request).outcome().await.result.unwrap().into();
    }
    passed.len()
}

fn limits() -> Limits {
    Limits { max_memory: MEMORY, ..Limits::default() }
}

fn inputs(record: &str) -> String {
    format!(r#"{{"record":{record}}}"#)
}
