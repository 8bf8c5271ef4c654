//! What a guest prints and tells becomes events.

use flyte_host::run::{LogStream, RunEvent};
use flyte_host_artifacts::LOGS;

use crate::support::host;

async fn events_of(task: &str, inputs: &str) -> Vec<RunEvent> {
    let (outcome, events) = crate::support::events_of(&host(LOGS).await, task, inputs).await;
    outcome.result.unwrap();
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_told_as_they_are_written_also_one_without_an_end() {
    let mut lines = Vec::new();
    for event in events_of("speaks", r#"{"name":"ada"}"#).await {
        if let RunEvent::Log { stream, line, .. } = event {
            lines.push((stream, line));
        }
    }
    lines.sort_by_key(|(stream, _)| *stream == LogStream::Stderr);
    let expected = [
        (LogStream::Stdout, "hello ada".to_owned()),
        (LogStream::Stdout, "no end".to_owned()),
        (LogStream::Stderr, "careful, ada".to_owned()),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told() {
    let mut steps = Vec::new();
    for event in events_of("advances", "{}").await {
        if let RunEvent::Progress { message, fraction, .. } = event {
            steps.push((message, fraction));
        }
    }
    assert_eq!(steps.len(), 4);
    assert_eq!(steps[1], ("step 2".to_owned(), Some(0.5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_in_order_and_the_runs_end_is_last() {
    let events = events_of("advances", "{}").await;
    assert!(matches!(events[0], RunEvent::RunStarted { .. }));
    assert!(matches!(events[1], RunEvent::ActionQueued { parent: None, .. }));
    assert!(matches!(events[2], RunEvent::InputsAccepted { .. }));
    assert!(matches!(events[3], RunEvent::AttemptStarted { attempt: 1, .. }));
    assert!(matches!(events[events.len() - 2], RunEvent::ActionEnded { .. }));
    assert!(matches!(events[events.len() - 1], RunEvent::RunEnded { .. }));
}
