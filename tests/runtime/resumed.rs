//! Runs that take over the results of an earlier one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flyte_host::history::{Archive, Durability, History, Recovery, RecoveryError, RunNote, RunRecord, Value};
use flyte_host::rights::{Grants, GuestPath};
use flyte_host::run::{ActionId, Divergence, Failure, Limits, Phase, ResultCacheMode, RunOutcome, RunTree};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{BLOCKING, FANOUT, IMPORTER, RESUMED, RIGHTS, TYPED};
use tempfile::TempDir;

/// A home, a host that records into it, and files that its tasks read.
struct Place {
    host: Host,
    history: History,
    home: PathBuf,
    dir: TempDir,
}

impl Place {
    async fn of(components: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let history = History::start(&home, Durability::Durable, |problem| panic!("{problem}")).unwrap();
        let host = Host::builder().pool(PoolSize { instances: 80 }).history(history.clone());
        let host = components.iter().fold(host, |host, component| host.load(*component));
        std::fs::create_dir(dir.path().join("state")).unwrap();
        Self { host: host.build().await.unwrap(), history, home, dir }
    }

    /// A file says this; or there is none.
    fn says(&self, name: &str, number: Option<u64>) {
        let path = self.dir.path().join("state").join(name);
        match number {
            Some(number) => std::fs::write(path, number.to_string()).unwrap(),
            None => drop(std::fs::remove_file(path)),
        }
    }

    async fn start(&self, request: RunRequest) -> (RunOutcome, Arc<RunTree>) {
        let tree = Arc::new(RunTree::default());
        let grants = Grants::new().read(self.dir.path().join("state"), GuestPath::parse("/state").unwrap());
        let request = request.grant(grants.open().unwrap()).watch(tree.clone());
        let outcome = tokio::time::timeout(Duration::from_secs(120), self.host.start(request).outcome()).await;
        self.history.flush().await.unwrap();
        (outcome.unwrap(), tree)
    }

    async fn run(&self, task: &str, inputs: &str) -> RunOutcome {
        self.start(RunRequest::new(task, inputs)).await.0
    }

    /// The recovery of a run.
    fn recovery(&self, run: &RunOutcome) -> Recovery {
        let archive = archive(&self.home);
        let record = archive.find(run.run.as_str()).unwrap().unwrap();
        Recovery::of(archive, &record, self.host.catalog(), false).unwrap()
    }

    async fn recovered(&self, run: &RunOutcome) -> RunOutcome {
        self.start(RunRequest::recover(&self.recovery(run))).await.0
    }

    /// A run whose child 0 fails, and its recovery, when that has been mended.
    async fn mended(&self, task: &str, inputs: &str) -> (RunOutcome, RunOutcome) {
        self.says("broken", Some(0));
        let failed = self.run(task, inputs).await;
        assert!(failed.result.is_err(), "{failed:?}");
        self.says("broken", None);
        let recovered = self.recovered(&failed).await;
        (failed, recovered)
    }
}

fn archive(home: &Path) -> Archive {
    Archive::open(home).unwrap().unwrap()
}

/// Its result, how many actions answered from the record, and how many attempts there were.
fn told(outcome: &RunOutcome) -> (&str, u64, u64) {
    let result = outcome.result.as_ref().unwrap_or_else(|failure| panic!("{failure}"));
    (result.as_str(), outcome.stats.recovered, outcome.stats.attempts)
}

fn divergence(outcome: RunOutcome) -> Divergence {
    match outcome.result {
        Err(Failure::Diverged(divergence)) => *divergence,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_had_ended_is_not_run_again() {
    let place = Place::of(&[RESUMED]).await;
    let (failed, recovered) = place.mended("fan", r#"{"n":40}"#).await;
    assert_eq!(failed.stats.failed, 2);
    assert_eq!(told(&recovered), ("7800", 39, 2));
    // It is recorded as any other run, and says whose results it has.
    let archive = archive(&place.home);
    let record = archive.find(recovered.run.as_str()).unwrap().unwrap();
    assert_eq!(record.recovers.as_deref(), Some(failed.run.as_str()));
    assert_eq!((record.phase, record.stats.recovered), (Phase::Succeeded, 39));
    let mut phases = Vec::new();
    archive.each_action(&record, |action| phases.push((action.phase, action.attempts))).unwrap();
    assert_eq!(phases[..3], [(Phase::Succeeded, 1), (Phase::Succeeded, 1), (Phase::Recovered, 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovered_run_can_be_recovered_from_its_own_record() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(0));
    let first = place.run("fan", r#"{"n":10}"#).await;
    let second = place.recovered(&first).await;
    assert_eq!((second.stats.recovered, second.stats.failed), (9, 2));
    place.says("broken", None);
    assert_eq!(told(&place.recovered(&second).await), ("450", 9, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_that_came_less_far_loses_nothing_of_the_run_before() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(0));
    let first = place.run("alike", "{}").await;
    let limits = Limits { max_actions: 2, ..Limits::default() };
    let (second, _) = place.start(RunRequest::recover(&place.recovery(&first)).limits(limits)).await;
    assert!(matches!(second.result, Err(Failure::Task(_))) && second.stats.recovered == 1, "{second:?}");
    place.says("broken", None);
    // One child of the second, one of the first, and two that had not succeeded.
    assert_eq!(told(&place.recovered(&second).await), ("30", 2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn below_an_action_that_is_run_again_its_children_answer_in_turn() {
    let place = Place::of(&[RESUMED]).await;
    let (_, recovered) = place.mended("chain", r#"{"depth":3}"#).await;
    // Four chains and the one that was broken run; each chain's step answers.
    assert_eq!(told(&recovered), ("60", 3, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn results_come_in_the_order_in_which_they_came() {
    let place = Place::of(&[RESUMED]).await;
    let (_, recovered) = place.mended("reacts", r#"{"millis":[600,50,300]}"#).await;
    assert_eq!(told(&recovered), ("[200,310,120]", 6, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_of_answers_from_a_record_is_kept_for_nobody() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(2));
    let failed = place.run("keeps", "{}").await;
    assert!(failed.result.is_err(), "{failed:?}");
    place.says("broken", None);
    assert_eq!(told(&place.recovered(&failed).await), ("30", 1, 2));
    // What ran wholly anew is.
    let next = place.run("keeps", "{}").await;
    assert_eq!((told(&next), next.stats.cached), (("30", 0, 2), 1));
    let next = place.run("keeps", "{}").await;
    assert_eq!((told(&next), next.stats.cached), (("30", 0, 0), 1));
    // Where it was to be in the place of an earlier one, that goes.
    let request = RunRequest::recover(&place.recovery(&failed)).result_cache(ResultCacheMode::Overwrite);
    assert_eq!(told(&place.start(request).await.0), ("30", 1, 2));
    let next = place.run("keeps", "{}").await;
    assert_eq!((told(&next), next.stats.cached), (("30", 0, 2), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn alike_children_are_told_apart_by_their_numbers() {
    let place = Place::of(&[RESUMED]).await;
    let (_, recovered) = place.mended("alike", "{}").await;
    assert_eq!(told(&recovered), ("30", 2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_takes_over_what_earlier_attempts_had_got() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(0));
    let failed = place.run("insists", "{}").await;
    assert_eq!(failed.stats.attempts, 3 + 9);
    place.says("broken", None);
    // The first attempt's child is the first attempt's, though the last one had another.
    assert_eq!(told(&place.recovered(&failed).await), ("1010", 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn children_of_every_kind_of_guest_answer() {
    let place = Place::of(&[BLOCKING]).await;
    let run = place.run("fan", r#"{"n":5}"#).await;
    assert_eq!(told(&run), ("15", 0, 6));
    assert_eq!(told(&place.recovered(&run).await), ("15", 5, 1));

    let place = Place::of(&[IMPORTER, TYPED]).await;
    let run = place.run("at_once", r#"{"numbers":[3,4,5]}"#).await;
    assert_eq!(told(&run), ("[3,4,5]", 0, 4));
    assert_eq!(told(&place.recovered(&run).await), ("[3,4,5]", 3, 1));

    let place = Place::of(&[FANOUT]).await;
    for (task, inputs, children) in [
        ("fan_out_unordered", r#"{"n":300}"#, 300),
        ("streamed", r#"{"n":3000}"#, 3000),
        ("tree", r#"{"depth":3,"width":3}"#, 3),
        ("finishing_order", r#"{"millis":[200,20,100]}"#, 3),
    ] {
        let run = place.run(task, inputs).await;
        assert_eq!(told(&place.recovered(&run).await), (told(&run).0, children, 1), "{task}");
    }
    // The child that was dropped had no result: it is run again, and dropped again.
    let run = place.run("walk_away", "{}").await;
    let recovered = place.recovered(&run).await;
    assert_eq!((told(&recovered).0, recovered.stats.recovered, recovered.stats.aborted), ("42", 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_goes_another_way_is_found_out() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(0));
    place.says("path", Some(12345));
    let run = place.run("follows_a_file", "{}").await;
    assert_eq!(told(&run).0, "123451");

    place.says("path", Some(12945));
    let diverged = place.recovered(&run).await;
    // What it did is not taken for what happened: who recovers it recovers the run before it.
    assert_eq!(place.recovery(&diverged).run().id, run.run.as_str());
    assert_eq!(divergence(place.recovered(&diverged).await).call, 0);
    let other = divergence(diverged);
    assert_eq!((other.action, other.counterpart, other.call), (ActionId::ROOT, ActionId::ROOT, 0));
    assert_eq!(
        other.to_string(),
        "diverged: invocation 0 of `follows_a_file` (a0; a0 then) was `step` with {\"n\":12345} then, and is `step` \
         with {\"n\":12945} now"
    );
    // One that leaves out an invocation, and comes to a result.
    place.says("path", None);
    let less = divergence(place.recovered(&run).await);
    assert_eq!((less.call, less.then.unwrap().task.as_str(), less.now), (0, "step", None));
    // One that has another task in its place.
    let without = place.run("follows_a_file", "{}").await;
    place.says("path", Some(7));
    let more = divergence(place.recovered(&without).await);
    assert_eq!((more.then.unwrap().task.as_str(), more.now.unwrap().task.as_str()), ("fragile", "step"));
    // The same path is no divergence.
    place.says("path", Some(12345));
    assert_eq!(told(&place.recovered(&run).await), ("123451", 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_diverged_is_not_recovered_by_itself() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(0));
    place.says("path", Some(1));
    let run = place.run("follows_a_file", "{}").await;
    place.says("path", Some(2));
    let diverged = place.recovered(&run).await;
    let archive = || archive(&place.home);
    let mut remover = archive().remover().unwrap();
    assert!(remover.remove(&record_of(&archive(), &run)).unwrap());
    let record = record_of(&archive(), &diverged);
    let refused = Recovery::of(archive(), &record, place.host.catalog(), false).unwrap_err();
    assert!(matches!(refused, RecoveryError::Diverged(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_a_recovery_meets_is_no_divergence() {
    let place = Place::of(&[RESUMED]).await;
    place.says("broken", Some(5));
    let failed = place.run("fan", r#"{"n":10}"#).await;
    let few = Limits { max_actions: 5, ..Limits::default() };
    let (fewer, _) = place.start(RunRequest::recover(&place.recovery(&failed)).limits(few)).await;
    assert!(matches!(&fewer.result, Err(Failure::Task(error)) if error.message.contains("actions")), "{fewer:?}");

    place.says("broken", Some(0));
    let failed = place.run("reacts", r#"{"millis":[1]}"#).await;
    let narrow = Limits { max_input: 15, ..Limits::default() };
    let (narrower, _) = place.start(RunRequest::recover(&place.recovery(&failed)).limits(narrow)).await;
    assert!(
        matches!(&narrower.result, Err(Failure::Task(error)) if error.message.contains("input")),
        "{narrower:?}"
    );

    // Not even the root's inputs were looked at; those of the run before it are the same.
    let none = Limits { max_input: 1, ..Limits::default() };
    let (refused, _) = place.start(RunRequest::recover(&place.recovery(&failed)).limits(none)).await;
    assert!(matches!(refused.result, Err(Failure::Limit(_))), "{refused:?}");
    place.says("broken", None);
    assert_eq!(place.recovery(&refused).inputs(), r#"{"millis":[1]}"#);
    assert_eq!(told(&place.recovered(&refused).await).0, "[100]");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_place_of_what_was_invoked_is_another_way_too() {
    let place = Place::of(&[RESUMED]).await;
    let run = place.run("gives_up", "{}").await;
    assert_eq!(told(&run).0, "10");
    place.says("path", Some(1));
    let other = divergence(place.recovered(&run).await);
    assert_eq!((other.then.unwrap().task.as_str(), other.now), ("step", None));
    // The same error is the same way.
    let failed = place.run("gives_up", "{}").await;
    let again = place.recovered(&failed).await.result.unwrap_err();
    assert!(matches!(&again, Failure::Task(error) if error.message == "too late"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_reads_the_clock_diverges_unless_that_is_fixed() {
    let place = Place::of(&[RESUMED]).await;
    let (_, recovered) = place.mended("by_clock", "{}").await;
    assert_eq!(divergence(recovered).call, 0);

    place.says("broken", Some(0));
    let failed = place.start(RunRequest::new("by_clock", "{}").deterministic(7)).await.0;
    place.says("broken", None);
    assert_eq!(told(&place.recovered(&failed).await), ("0", 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_result_is_another_the_path_is_free() {
    let place = Place::of(&[RESUMED]).await;
    // Then the second child failed, and there was no third.
    let (failed, recovered) = place.mended("alike", "{}").await;
    assert_eq!((failed.stats.actions, recovered.stats.actions), (4, 5));
    assert_eq!(told(&recovered).0, "30");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_recovered_only_with_what_it_ran() {
    let place = Place::of(&[RESUMED]).await;
    let run = place.run("step", r#"{"n":1}"#).await;
    let other = Place::of(&[FANOUT]).await;
    let record = archive(&place.home).find(run.run.as_str()).unwrap().unwrap();
    let refused = Recovery::of(archive(&place.home), &record, other.host.catalog(), false).unwrap_err();
    assert!(matches!(&refused, RecoveryError::ChangedComponent { task, .. } if task == "step"), "{refused}");
    Recovery::of(archive(&place.home), &record, other.host.catalog(), true).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_computed_with_other_rights_is_run_again() {
    let place = Place::of(&[RIGHTS]).await;
    let granted = |level: Option<&str>| {
        let grants = level.into_iter().fold(Grants::new(), |grants, level| grants.env("LEVEL", level));
        grants.open().unwrap()
    };
    let run = place.host.start(RunRequest::new("keeps_nothing", "{}").grant(granted(Some("3")))).outcome().await;
    place.history.flush().await.unwrap();
    assert_eq!(told(&run), (r#"{"LEVEL":"3"}"#, 0, 2));
    // A run that nobody watches compares them too.
    let watchless = Host::builder().pool(PoolSize { instances: 80 }).load(RIGHTS).build().await.unwrap();
    for host in [&place.host, &watchless] {
        for (level, expected) in [(None, ("{}", 0, 2)), (Some("3"), (r#"{"LEVEL":"3"}"#, 1, 1))] {
            let recovered = RunRequest::recover(&place.recovery(&run)).grant(granted(level));
            assert_eq!(told(&host.start(recovered).outcome().await), expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runs_that_a_recovered_run_recovered_have_to_be_of_the_same_components_too() {
    let place = Place::of(&[RESUMED]).await;
    let first = place.run("step", r#"{"n":4}"#).await;
    // A custom section that nobody reads.
    let changed = place.dir.path().join("changed.wasm");
    std::fs::write(&changed, [&std::fs::read(RESUMED).unwrap()[..], &[0, 2, 1, b'x']].concat()).unwrap();
    let pool = PoolSize { instances: 80 };
    let changed = Host::builder().pool(pool).history(place.history.clone()).load(changed).build().await.unwrap();
    let of = |run: &RunOutcome, changed_component| {
        let record = archive(&place.home).find(run.run.as_str()).unwrap().unwrap();
        Recovery::of(archive(&place.home), &record, changed.catalog(), changed_component)
    };
    let second = changed.start(RunRequest::recover(&of(&first, true).unwrap())).outcome().await;
    place.history.flush().await.unwrap();
    let refused = of(&second, false).unwrap_err();
    assert!(matches!(&refused, RecoveryError::ChangedComponent { .. }), "{refused}");
    of(&second, true).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_hole_in_the_record_children_are_told_by_what_they_are() {
    let place = Place::of(&[RESUMED]).await;
    place.says("path", Some(12345));
    let run = place.run("follows_a_file", "{}").await;
    let database = rusqlite::Connection::open(place.home.join("history.db")).unwrap();
    database.execute("UPDATE runs SET dropped = 1 WHERE id = ?", [run.run.as_str()]).unwrap();
    // What is invoked now may be what was lost.
    place.says("path", Some(7));
    assert_eq!(told(&place.recovered(&run).await), ("70", 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_is_not_recovered() {
    let place = Place::of(&[FANOUT]).await;
    let running = place.host.start(RunRequest::new("hang", "{}").note(RunNote::default()));
    let record = loop {
        place.history.flush().await.unwrap();
        // It may not have begun yet.
        if let Ok(record) = archive(&place.home).find(running.id().as_str()).unwrap() {
            break record;
        }
    };
    let refused = Recovery::of(archive(&place.home), &record, place.host.catalog(), false).unwrap_err();
    assert!(matches!(refused, RecoveryError::GoesOn(_)), "{refused}");
    // While one that goes on recovers it, it is not deleted; afterwards it is.
    running.abort_handle().abort();
    let ended = running.outcome().await;
    place.history.flush().await.unwrap();
    let recovering = place.host.start(RunRequest::recover(&place.recovery(&ended)));
    let archive = archive(&place.home);
    while archive.find(recovering.id().as_str()).unwrap().is_err() {
        place.history.flush().await.unwrap();
    }
    let mut remover = archive.remover().unwrap();
    assert!(!remover.remove(&record_of(&archive, &ended)).unwrap());
    recovering.abort_handle().abort();
    recovering.outcome().await;
    place.history.flush().await.unwrap();
    assert!(remover.remove(&record_of(&archive, &ended)).unwrap());
}

fn record_of(archive: &Archive, run: &RunOutcome) -> RunRecord {
    archive.find(run.run.as_str()).unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_run_that_was_deleted_no_other_one_is_read() {
    let place = Place::of(&[RESUMED]).await;
    let first = place.run("step", r#"{"n":1}"#).await;
    let archive = archive(&place.home);
    let record = record_of(&archive, &first);
    assert_eq!(archive.output(&record, ActionId::ROOT).unwrap(), Value::Text("10".to_owned()));
    assert!(archive.remover().unwrap().remove(&record).unwrap());
    // It gets the number that is free.
    let second = place.run("step", r#"{"n":2}"#).await;
    assert_eq!(
        archive.output(&record_of(&archive, &second), ActionId::ROOT).unwrap(),
        Value::Text("20".to_owned())
    );
    assert_eq!(archive.output(&record, ActionId::ROOT).unwrap(), Value::None);
    assert_eq!(archive.inputs(&record, ActionId::ROOT).unwrap(), Value::None);
    assert!(archive.action(&record, ActionId::ROOT).unwrap().is_none());
}
