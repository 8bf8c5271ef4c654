//! A record that passes from task to task: each reads all of it and writes it anew.

use flyte_host::record::Json;

use crate::support::calls::COMPONENT;
use crate::support::native;
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::{Row, Target};
use crate::support::threads::Threads;

/// A step may take so many times what the guest takes to read and write the record.
const STEP: f64 = 3.0;
pub(super) fn rows(size: &str, lines: u32) -> Vec<Row> {
    let one = Threads::one();
    let host = super::host(&one);
    let raw = Raw::load(COMPONENT);
    let made = one.wait(host.run("make_record", format!(r#"{{"lines":{lines}}}"#))).unwrap();
    let text = made.as_str().to_owned();
    let inputs = inputs(&text);
    // A thousand steps, or a hundred of the large ones; and how often the guest alone reads and writes it in one turn.
    let (steps, rounds, times) = if lines < 1000 { (50, 20, 1000) } else { (10, 10, 10) };

    let mut passed = made;
    let chain = Contender::of(steps, |n| {
        one.wait(async {
            for _ in 0..n {
                passed = host.run("echo", self::inputs(passed.as_str())).await.unwrap();
            }
        });
    });
    let raw_chain = Contender::of(steps, |n| {
        one.wait(async {
            let mut passed = text.clone();
            for _ in 0..n {
                passed = raw.fresh("echo", &self::inputs(&passed)).await;
            }
        });
    });
    let mut instance = one.wait(raw.warm());
    // It reads its inputs once, and writes the record before it reads it.
    let again = format!(r#"{},"times":{}}}"#, inputs.strip_suffix('}').unwrap(), times - 1);
    let in_guest = Contender::of(times, |_| drop(one.wait(instance.call("parse_and_print", &again))));
    let native = Contender::of(steps, |n| native::echo_again(n, &text));
    let mut buffer = vec![0; text.len()];
    let memcpy = Contender::new(|n| native::copy_again(n, text.as_bytes(), &mut buffer));
    let [chain, raw_chain, in_guest, native, memcpy] =
        race(Clock::Processor, rounds, [chain, raw_chain, in_guest, native, memcpy]);

    let target = (lines > 1000).then_some(Target::ratio(STEP));
    let row = Row::of(format!("chain of {}, {size}: a step", steps * rounds), &chain)
        .over(chain.times_that_of(&in_guest), "parse and print in the guest")
        .over(chain.times_that_of(&raw_chain), "raw")
        .over(chain.times_that_of(&native), "serde_json")
        .over(chain.times_that_of(&memcpy), "memcpy")
        .note(format!(
            "{:.0} MB/s; raw wasmtime has {:.1} faults",
            text.len() as f64 / chain.cost().time / 1e6,
            raw_chain.cost().faults
        ));
    assert_eq!(Json::parse(text).unwrap(), passed, "a record changed on its way");
    vec![target.map_or(row.clone(), |target| row.target(target))]
}

fn inputs(record: &str) -> String {
    format!(r#"{{"record":{record}}}"#)
}
