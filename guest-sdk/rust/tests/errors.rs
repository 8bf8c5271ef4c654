//! What becomes of the error that a task returns.

#![allow(clippy::unwrap_used, reason = "a test says by it what it expects")]

use flyte_guest::testing::block_on;
use flyte_guest::{ErrorKind, TaskError, task};
use std::fmt;

#[derive(Debug, thiserror::Error)]
#[error("no weather for {city}")]
struct Weather {
    city: String,
    source: std::num::ParseIntError,
}

fn weather() -> Result<(), Weather> {
    let source = "x".parse::<u8>().unwrap_err();
    Err(Weather { city: "Paris".into(), source })
}

#[task]
fn typed() -> Result<(), Weather> {
    weather()
}

#[task]
fn report() -> anyhow::Result<()> {
    use anyhow::Context as _;
    weather().context("no forecast")
}

#[task]
async fn boxed() -> Result<(), Box<dyn std::error::Error>> {
    Ok(weather()?)
}

struct OnlyText;

impl fmt::Display for OnlyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("only text")
    }
}

#[task]
fn text() -> Result<(), OnlyText> {
    Err(OnlyText)
}

#[task]
fn permanent() -> Result<(), TaskError> {
    Err(TaskError::permanent("gone").with_cause("a fire").with_details(&[1, 2]))
}

#[task]
async fn parent() -> Result<(), TaskError> {
    permanent::invoke().await
}

#[task]
async fn anyhow_parent() -> anyhow::Result<()> {
    use anyhow::Context as _;
    permanent::invoke().await.context("the parent gave up")
}

/// Fails `depth` invocations further down, and each on the way passes the error on in its own way.
#[task]
async fn recur(depth: u32, how: String) -> anyhow::Result<()> {
    if depth == 0 {
        return Err(TaskError::new("no bottom").with_cause("gravity").into());
    }
    let result = recur::invoke(depth - 1, how.clone()).await;
    match &*how {
        "as it is" => Ok(result?),
        "as text" => result.map_err(|error| anyhow::anyhow!("{error}")),
        _ => {
            use anyhow::Context as _;
            result.context(format!("at {depth}"))
        }
    }
}

#[task]
fn traps() -> Result<(), String> {
    panic!("ouch")
}

#[task]
async fn parent_of_a_trap() -> Result<u8, TaskError> {
    match traps::invoke().await {
        Err(error) if error.kind() == ErrorKind::Trap => Ok(1),
        Err(error) => Err(error),
        Ok(()) => Ok(0),
    }
}

#[task]
async fn passes_a_trap_on() -> Result<(), TaskError> {
    traps::invoke().await
}

/// The error that a task's parent sees.
macro_rules! error {
    ($task:ident) => {
        block_on($task::invoke()).map(|_| ()).unwrap_err()
    };
}

const PARSE: &str = "invalid digit found in string";

#[test]
fn an_error_comes_with_its_causes() {
    let error = error!(typed);
    assert_eq!(error.kind(), ErrorKind::Task);
    assert_eq!(error.message(), "no weather for Paris");
    assert_eq!(error.causes(), [PARSE]);
    assert!(error.is_recoverable());
    assert_eq!(error!(boxed).message(), "no weather for Paris");
    assert_eq!(error!(boxed).causes(), [PARSE]);
}

#[test]
fn a_report_comes_with_its_context() {
    let error = error!(report);
    assert_eq!(error.message(), "no forecast");
    assert_eq!(error.causes(), ["no weather for Paris", PARSE]);
}

#[test]
fn text_is_enough_for_an_error() {
    assert_eq!(error!(text).message(), "only text");
}

#[test]
fn a_permanent_error_stays_permanent_all_the_way_up() {
    let error = error!(permanent);
    assert_eq!((error.message(), error.is_recoverable()), ("gone", false));
    let error = error!(parent);
    assert_eq!(error.message(), "task `permanent` failed: gone");
    assert_eq!(error.to_string(), "task `parent` failed: task `permanent` failed: gone");
    assert_eq!((error.causes(), error.details()), (&["a fire".to_owned()][..], Some("[1,2]")));
    assert!(!error.is_recoverable());
    let error = error!(anyhow_parent);
    assert_eq!(error.message(), "the parent gave up");
    assert_eq!(error.causes(), ["task `permanent` failed: gone", "a fire"]);
    assert_eq!(error.details(), Some("[1,2]"));
    assert!(!error.is_recoverable());
}

#[test]
fn a_parent_can_tell_a_trap_and_cannot_pass_it_off_as_its_own() {
    assert_eq!(block_on(parent_of_a_trap::invoke()).unwrap(), 1);
    assert_eq!(block_on(passes_a_trap_on()).unwrap_err().kind(), ErrorKind::Trap);
    let error = error!(passes_a_trap_on);
    assert_eq!(error.kind(), ErrorKind::Task);
    assert_eq!(error.message(), "task `traps` failed: panicked: ouch");
}

#[test]
fn the_message_of_a_deep_failure_names_the_task_in_which_it_began() {
    let error = |depth, how: &str| block_on(recur::invoke(depth, how.into())).unwrap_err();
    assert_eq!(error(0, "as it is").message(), "no bottom");
    for depth in [1, 2, 40] {
        for how in ["as it is", "as text"] {
            assert_eq!(error(depth, how).message(), "task `recur` failed: no bottom", "{how} at {depth}");
        }
        assert_eq!(error(depth, "as it is").causes(), ["gravity"]);
    }
}

#[test]
fn of_many_causes_the_nearest_and_the_farthest_come_up() {
    let deep = block_on(recur::invoke(40, "in context".into())).unwrap_err();
    assert_eq!(deep.message(), "at 40");
    let causes = deep.causes();
    assert_eq!(causes.len(), 17);
    assert_eq!(causes[0], "task `recur` failed: at 39");
    assert_eq!(causes[8], "…");
    assert_eq!(causes[15..], ["task `recur` failed: no bottom", "gravity"]);
    let few = block_on(recur::invoke(15, "in context".into())).unwrap_err();
    assert_eq!(few.causes().len(), 16);
    assert!(!few.causes().contains(&"…".to_owned()));
}

#[test]
fn a_message_that_only_resembles_a_failure_stays() {
    #[task]
    fn quotes(text: String) -> Result<(), String> {
        Err(text)
    }
    for text in ["task `a` failed: b", "task `a` failed: task `b c` failed: d", "task `a` failed"] {
        assert_eq!(block_on(quotes::invoke(text.into())).unwrap_err().message(), text);
    }
}

#[test]
fn details_that_are_not_json_are_said_to_be_missing() {
    let error = TaskError::new("x").with_details(&[f64::NAN]);
    assert_eq!(error.details(), None);
    assert_eq!(error.causes(), ["the error's details are left out: [0]: NaN is not a JSON number"]);
}
