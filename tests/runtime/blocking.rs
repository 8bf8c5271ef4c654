//! The world for toolchains that cannot import async functions.

use flyte_host::run::Failure;
use flyte_host_artifacts::BLOCKING;

use crate::support::run;

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_without_the_sdk_runs() {
    assert_eq!(run(BLOCKING, "increment", r#"{"n":41}"#).await.unwrap(), "42");
}

#[tokio::test(flavor = "multi_thread")]
async fn children_started_first_and_waited_for_later_all_give_their_results() {
    assert_eq!(run(BLOCKING, "fan", r#"{"n":500}"#).await.unwrap(), "125250");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_ends_within_what_its_invocation_says() {
    let failure = run(BLOCKING, "hurries", r#"{"n":50}"#).await.unwrap_err();
    assert_eq!(failure.to_string(), "within: the action had not ended 50ms after its invocation");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_twice_traps() {
    let failure = run(BLOCKING, "twice", r#"{"n":1}"#).await.unwrap_err();
    let Failure::Trap(trap) = failure else { panic!("{failure:?}") };
    assert_eq!(trap.message, "a pending action can be waited for only once");
}
