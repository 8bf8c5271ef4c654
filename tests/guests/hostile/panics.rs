//! Ends that come where they are least convenient.

use std::collections::BTreeMap;
use std::fmt;

use flyte_guest::futures::FutureExt;
use flyte_guest::futures::future::join_all;
use flyte_guest::{ErrorKind, invoke_named, task};

#[task]
fn panics() -> u64 {
    panic!("ouch");
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

#[task]
fn panics_in_drop() -> u64 {
    let _value = PanicsWhenDropped;
    7
}

/// Panics while it panics.
#[task]
fn panics_twice() -> u64 {
    struct Unspeakable;
    impl fmt::Display for Unspeakable {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("the message cannot be told");
        }
    }
    let _value = PanicsWhenDropped;
    panic!("{Unspeakable}");
}

#[task]
fn panics_with_too_many_words() -> u64 {
    panic!("{}", "help ".repeat(3 << 18));
}

/// Invokes a task that panics, and lives.
#[task]
async fn survives_a_childs_panic() -> bool {
    panics::invoke().await.is_err_and(|error| error.kind() == ErrorKind::Trap)
}

#[task]
async fn panics_while_children_run() -> u64 {
    let sleeper = || invoke_named::<()>("sleeps_forever", &BTreeMap::<String, u64>::new());
    let mut all = join_all((0..50).map(|_| sleeper()));
    assert!((&mut all).now_or_never().is_some(), "left them alone");
    7
}

/// Leaves as if all had gone well.
#[task]
fn exits_quietly() -> u64 {
    std::process::exit(0);
}

#[task]
fn aborts() -> u64 {
    std::process::abort();
}

flyte_guest::export!(
    environment = "panics",
    tasks = [
        panics,
        panics_in_drop,
        panics_twice,
        panics_with_too_many_words,
        survives_a_childs_panic,
        panics_while_children_run,
        exits_quietly,
        aborts,
    ]
);
