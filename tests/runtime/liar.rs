//! What a guest returns is checked like what it is given.

use flyte_host::run::{Failure, TaskErrorKind};
use flyte_host_artifacts::LIAR;

use crate::support::run;

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_is_no_json_or_of_another_type_is_the_tasks_fault() {
    for (task, expected) in [
        ("no_json", "malformed JSON"),
        ("other_type", "expected an integer, got the string \"seven\""),
        ("two_values", "malformed JSON"),
        ("empty", "malformed JSON"),
    ] {
        let failure = run(LIAR, task, "{}").await.unwrap_err();
        let Failure::InvalidOutput(reason) = failure else { panic!("{task}: {failure:?}") };
        assert!(reason.contains(expected), "{task}: {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_cannot_blame_the_host() {
    let failure = run(LIAR, "blames_the_host", "{}").await.unwrap_err();
    assert!(matches!(failure, Failure::Task(ref error) if error.kind == TaskErrorKind::Task), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_may_be_stricter_with_its_input_than_its_schema() {
    let failure = run(LIAR, "blames_the_input", "{}").await.unwrap_err();
    assert!(matches!(failure, Failure::RefusedInput(_)), "{failure:?}");
}
