//! Attacks that take time and nothing else.

use std::collections::BTreeMap;
use std::future::{pending, poll_fn};
use std::task::Poll;
use std::time::Duration;

use flyte_guest::{TaskError, invoke_named, task};

#[task]
fn sleeps_forever() {
    std::thread::sleep(Duration::from_secs(1 << 40));
}

/// Asks the host over and over, and never waits.
#[task]
fn polls_forever() {
    loop {
        std::thread::sleep(Duration::from_nanos(1));
    }
}

/// Waits for what nobody will ever do.
#[task]
async fn waits_for_nothing() {
    pending().await
}

/// Is never done and always ready to be asked again.
#[task]
async fn wakes_itself_forever() {
    poll_fn(|context| {
        context.waker().wake_by_ref();
        Poll::<()>::Pending
    })
    .await;
}

#[task]
async fn waits_for_a_sleeper() -> Result<(), TaskError> {
    invoke_named("sleeps_forever", &BTreeMap::<String, u64>::new()).await
}

flyte_guest::export!(
    environment = "waiting",
    tasks = [sleeps_forever, polls_forever, waits_for_nothing, wakes_itself_forever, waits_for_a_sleeper]
);
