//! What inspection says of bytes: never a panic, and of what a component is, always the same.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed};

use super::{CONTRACT_VERSION, Unfit, inspect};

/// A component, a core module, and components inside components.
fn seeds() -> Vec<Vec<u8>> {
    [
        format!(
            r#"(component (instance $tasks) (export "flyte:task/task-set@{CONTRACT_VERSION}" (instance $tasks)))"#
        ),
        r#"(component (instance $tasks) (export "flyte:task/task-set@9.1.0" (instance $tasks)))"#.to_owned(),
        r#"(component (core module (func (export "run"))) (component (component)) (type (func)))"#.to_owned(),
        r#"(module (memory (export "memory") 1) (data (i32.const 0) "a"))"#.to_owned(),
        "(component)".to_owned(),
    ]
    .map(|text| wat::parse_str(text).unwrap())
    .to_vec()
}

/// Of a component, of a core module, and of neither.
const HEADERS: [&[u8]; 3] = [b"\0asm\x0d\0\x01\0", b"\0asm\x01\0\0\0", b"\0asm"];

fn changed() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<Index>(), any::<u8>(), 0..5_u8);
    (select(seeds()), vec(change, 0..6)).prop_map(|(mut bytes, changes)| {
        for (from, to, byte, what) in changes {
            if bytes.is_empty() {
                break;
            }
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            match what {
                0 => bytes[from] = byte,
                1 => bytes.insert(from, byte),
                2 => bytes.truncate(from),
                3 => drop(bytes.drain(from.min(to)..from.max(to))),
                _ => {
                    let copy = bytes[from.min(to)..from.max(to)].to_vec();
                    bytes.splice(from..from, copy);
                }
            }
        }
        bytes
    })
}

fn config() -> Config {
    Config { cases: 4_000, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_told_what_they_are(bytes in prop_oneof![3 => changed(), 1 => vec(any::<u8>(), 0..64)]) {
        if let Err(unfit) = inspect(&bytes) {
            prop_assert!(!unfit.to_string().is_empty());
            prop_assert_eq!(matches!(unfit, Unfit::NotWasm { .. }), !bytes.starts_with(b"\0asm"));
        }
    }

    #[test]
    fn what_follows_the_header_may_be_anything(header in select(&HEADERS[..]), rest in vec(any::<u8>(), 0..64)) {
        let _ = inspect(&[header, &rest].concat());
    }
}

#[test]
fn the_seeds_are_told_apart() {
    let said: Vec<String> = seeds()
        .iter()
        .map(|bytes| inspect(bytes).err().map_or("fits".to_owned(), |unfit| unfit.to_string()))
        .collect();
    assert_eq!(
        said,
        [
            "fits".to_owned(),
            format!(
                "was built for version 9.1.0 of the task contract (`flyte:task`), and this host knows version {CONTRACT_VERSION}"
            ),
            "has no tasks: it exports neither `flyte:task/task-set` nor a function (it exports nothing)".to_owned(),
            "is a core module, not a component".to_owned(),
            "has no tasks: it exports neither `flyte:task/task-set` nor a function (it exports nothing)".to_owned(),
        ]
    );
}
