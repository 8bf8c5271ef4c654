//! Events in, lines out.

use std::time::SystemTime;

use super::*;
use crate::run::{LogStream, RunId, Usage};

/// What a report tells of the events, without colour.
fn lines(detail: Detail, events: impl Fn(&RunId) -> Vec<RunEvent>) -> (String, HumanReport) {
    let told = Arc::new(Mutex::new(String::new()));
    let out = Arc::clone(&told);
    let report = HumanReport::new(detail, move |lines| *out.lock().unwrap() += lines);
    let run = RunId::random();
    events(&run).iter().for_each(|event| report.event(event));
    let text = anstream::adapter::strip_str(&told.lock().unwrap()).to_string();
    (text.replace(run.as_str(), "RUN"), report)
}

fn queued(run: &RunId, id: u64, task: &str) -> RunEvent {
    let parent = (id > 0).then_some(ActionId::ROOT);
    RunEvent::ActionQueued {
        run: run.clone(),
        action: ActionId(id),
        parent,
        task: task.into(),
        group: None,
        parent_attempt: 1,
        call: 0,
        component: None,
        max_runtime: None,
        rights: Arc::default(),
    }
}

fn attempt(run: &RunId, id: u64, attempt: u32) -> RunEvent {
    RunEvent::AttemptStarted { run: run.clone(), action: ActionId(id), attempt }
}

fn failed(run: &RunId, id: u64, failure: Failure, retry_after: Option<Duration>) -> RunEvent {
    RunEvent::AttemptFailed {
        run: run.clone(),
        action: ActionId(id),
        attempt: 1,
        failure: Arc::new(failure),
        retry_after,
    }
}

fn ended(run: &RunId, id: u64, failure: Option<Failure>) -> RunEvent {
    RunEvent::ActionEnded {
        run: run.clone(),
        action: ActionId(id),
        phase: failure.clone().map_or(Phase::Succeeded, |failure| Phase::of::<()>(&Err(failure))),
        failure: failure.map(Arc::new),
        cached: false,
        elapsed: Duration::from_millis(12),
        output: None,
        usage: Usage::default(),
    }
}

fn log(run: &RunId, id: u64, line: &str) -> RunEvent {
    RunEvent::Log { run: run.clone(), action: ActionId(id), stream: LogStream::Stdout, line: line.to_owned() }
}

fn trap() -> Failure {
    Failure::Trap(Trap {
        message: "panicked: no".to_owned(),
        backtrace: vec!["inner".to_owned(), "outer".to_owned()],
    })
}

#[test]
fn a_guests_lines_name_their_action() {
    let events = |run: &RunId| {
        vec![queued(run, 0, "batch"), queued(run, 1, "one"), log(run, 1, "hello"), log(run, 0, "\u{1b}[2Jbye")]
    };
    assert_eq!(lines(Detail::Notable, events).0, "[a1 one] hello\n[a0 batch] bye\n");
    assert_eq!(lines(Detail::Nothing, events).0, "");
}

#[test]
fn an_attempt_that_is_tried_again_is_told() {
    let failure = || Failure::InvalidOutput("bad".to_owned());
    let events = |run: &RunId| {
        vec![
            queued(run, 0, "t"),
            attempt(run, 0, 1),
            failed(run, 0, failure(), Some(Duration::from_millis(100))),
            attempt(run, 0, 2),
            failed(run, 0, failure(), None),
        ]
    };
    let (text, report) = lines(Detail::Notable, events);
    assert_eq!(text, "[a0 t] attempt 1 failed: invalid output: bad; trying again in 100ms\n");
    assert_eq!(report.root_attempts(), 2);
}

#[test]
fn the_first_trap_of_a_child_is_told_with_its_frames() {
    let events = |run: &RunId| {
        let mut events: Vec<RunEvent> = (0..3).map(|id| queued(run, id, "t")).collect();
        events.extend((0..3).rev().map(|id| failed(run, id, trap(), None)));
        events
    };
    let told = "[a2 t] trapped: panicked: no\n[a2 t]     inner\n[a2 t]     outer\n[a1 t] trapped: panicked: no\n";
    assert_eq!(lines(Detail::Notable, events).0, told);
}

#[test]
fn what_was_aborted_is_counted_by_task() {
    let aborted = || Some(Failure::Aborted(AbortCause::Run));
    let events = |run: &RunId| {
        let mut events: Vec<RunEvent> = (1..4).map(|id| queued(run, id, "one")).collect();
        events.insert(0, queued(run, 0, "batch"));
        events.push(ended(run, 3, None));
        events.extend([1, 2, 0].map(|id| ended(run, id, aborted())));
        events
    };
    let (_, report) = lines(Detail::Notable, events);
    assert_eq!(report.aborted().to_string(), "3 actions: batch, 2 × one");
    assert_eq!(Aborted::default().to_string(), "");
}

#[test]
fn on_demand_everything_is_told() {
    let events = |run: &RunId| {
        let stats = RunStats { actions: 2, attempts: 1, failed: 1, ..RunStats::default() };
        let (phase, elapsed) = (Phase::Succeeded, Duration::from_millis(12));
        vec![
            RunEvent::RunStarted {
                run: run.clone(),
                task: "t".into(),
                at: SystemTime::UNIX_EPOCH,
                limits: Arc::default(),
                granted: Arc::default(),
                seed: None,
            },
            queued(run, 0, "t"),
            queued(run, 1, "u"),
            attempt(run, 0, 1),
            ended(run, 1, Some(Failure::Host("oh".to_owned()))),
            ended(run, 0, None),
            RunEvent::RunEnded { run: run.clone(), phase, elapsed, stats },
        ]
    };
    let told = "run RUN of t\n[a0 t] queued\n[a1 u] queued by a0\n[a0 t] attempt 1 started\n[a1 u] failed in 12ms\n\
                [a0 t] succeeded in 12ms\nrun RUN succeeded in 12ms: 2 actions, 1 attempt, 1 failed\n";
    assert_eq!(lines(Detail::Everything, events).0, told);
}
