//! Each way to fail is told as what it is.

use flyte_host::run::{Failure, Limit, TaskErrorKind};
use flyte_host_artifacts::FAULTS;

use crate::support::run;

async fn failure(task: &str, inputs: &str) -> Failure {
    run(FAULTS, task, inputs).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_trap_with_its_message_and_place() {
    let Failure::Trap(trap) = failure("panics", r#"{"message":"ouch"}"#).await else { panic!("no trap") };
    assert!(trap.message.starts_with("panicked at "), "{}", trap.message);
    assert!(trap.message.contains("faults.rs:"), "{}", trap.message);
    assert!(trap.message.ends_with(": ouch"), "{}", trap.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backtrace_names_the_guests_functions() {
    let Failure::Trap(trap) = failure("panics_below", "{}").await else { panic!("no trap") };
    let place = |name: &str| trap.backtrace.iter().position(|frame| frame.contains(name));
    let (inner, outer) = (place("level_two"), place("level_one"));
    assert!(inner.is_some() && inner < outer, "{:#?}", trap.backtrace);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_keeps_its_message_and_causes() {
    let Failure::Task(error) = failure("fails", r#"{"message":"no luck"}"#).await else { panic!("no task error") };
    assert_eq!((error.message.as_str(), error.causes.len()), ("no luck", 0));
    let Failure::Task(error) = failure("fails_with_a_cause", "{}").await else { panic!("no task error") };
    assert_eq!(
        (error.message.as_str(), &error.causes[..]),
        ("the batch was not stored", &["the shelf is full".to_owned()][..])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_childs_failure_can_be_passed_on_or_recovered_from() {
    let passed_on = failure("passes_on", "{}").await;
    assert_eq!(passed_on.kind(), TaskErrorKind::Task);
    assert!(passed_on.to_string().contains("no luck"), "{passed_on}");
    let recovered = run(FAULTS, "recovers", "{}").await.unwrap();
    assert!(recovered.contains("Trap") && recovered.contains("in the child"), "{recovered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_process_and_overflowing_the_stack_are_traps() {
    let Failure::Trap(trap) = failure("exits", r#"{"status":3}"#).await else { panic!("no trap") };
    assert!(trap.message.contains("exited"), "{}", trap.message);
    // Where frames are kept in the guest's own memory, its end comes before that of the engine's stack.
    let Failure::Trap(trap) = failure("overflows", r#"{"depth":0}"#).await else { panic!("no trap") };
    let ends = ["wasm trap: call stack exhausted", "wasm trap: out of bounds memory access"];
    assert!(ends.contains(&trap.message.as_str()), "{}", trap.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_ends_at_the_limit_and_says_so() {
    let Failure::Limit(Limit::Memory { limit, .. }) = failure("hoards", "{}").await else { panic!("no limit") };
    assert_eq!(limit, 256 << 20);
    let Failure::Trap(trap) = failure("copes_and_panics", "{}").await else { panic!("no trap") };
    assert!(trap.message.ends_with("something else"), "{}", trap.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_float_that_json_has_no_word_for_is_an_error_with_its_path() {
    let Failure::InvalidOutput(reason) = failure("not_a_number", "{}").await else { panic!("no invalid output") };
    assert!(reason.contains("values[1]") && reason.contains("NaN"), "{reason}");
    let sent = failure("sends_not_a_number", "{}").await;
    assert!(sent.to_string().contains("values[0]"), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_before_any_attempt() {
    let (outcome, tree) =
        crate::support::watch(FAULTS, "takes_measured", r#"{"measured":{"values":[1,"2"]}}"#).await;
    let Err(Failure::InvalidInput(error)) = outcome.result else { panic!("{outcome:?}") };
    assert!(error.to_string().contains("measured.values[1]"), "{error}");
    assert!(tree.actions()[0].attempts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_prints_is_not_its_result() {
    assert_eq!(run(FAULTS, "prints", "{}").await.unwrap(), "7");
}
