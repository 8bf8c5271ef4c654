//! Failed actions that are run again by themselves, from a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flyte_host::history::{Archive, Durability, History, StoredFailure};
use flyte_host::replay::{ReplayError, ReplayFile, export};
use flyte_host::results::Results;
use flyte_host::rights::{Granted, Grants, GuestPath};
use flyte_host::run::{ActionId, Failure, Limits, RunEvent, RunOutcome};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{FAULTS, POLICIES, RESUMED};
use rusqlite::Connection;
use tempfile::TempDir;

const SECRET: &str = "correct-horse-battery-staple";

/// Where runs are recorded, and exported to.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("state")).unwrap();
        std::fs::create_dir(dir.path().join("elsewhere")).unwrap();
        std::fs::write(dir.path().join("state/broken"), "0").unwrap();
        Self { dir }
    }

    fn granted(&self, directory: &str) -> Granted {
        let state = GuestPath::parse("/state").unwrap();
        Grants::new().secret("TOKEN", SECRET).read(self.dir.path().join(directory), state).open().unwrap()
    }

    /// Records a run that fails, and exports it.
    async fn exported(&self, component: &str, request: RunRequest) -> PathBuf {
        let (path, outcome) = self.recorded(component, request).await;
        assert!(outcome.result.is_err(), "{outcome:?}");
        path
    }

    async fn recorded(&self, component: &str, request: RunRequest) -> (PathBuf, RunOutcome) {
        self.changed(component, request, |_| ()).await
    }

    /// The same, with a change of the database before it is exported.
    async fn changed(
        &self,
        component: &str,
        request: RunRequest,
        change: impl FnOnce(&Path),
    ) -> (PathBuf, RunOutcome) {
        let home = self.dir.path().join("home");
        let history = History::start(&home, Durability::Batched, |problem| panic!("{problem}")).unwrap();
        let host = Host::builder().pool(PoolSize { instances: 20 }).load(component).history(history.clone());
        let outcome = host.build().await.unwrap().start(request.grant(self.granted("state"))).outcome().await;
        history.flush().await.unwrap();
        change(&home.join("history.db"));
        let archive = Archive::open(&home).unwrap().unwrap();
        let run = archive.find(outcome.run.as_str()).unwrap().unwrap();
        let path = self.dir.path().join(outcome.run.as_str());
        export(&archive, &run, Path::new(""), &path, true).unwrap();
        (path, outcome)
    }

    /// Runs an action of a file again, where nothing is broken; tells the tasks that were attempted.
    async fn replayed(&self, file: &ReplayFile, action: ActionId) -> (RunOutcome, u64) {
        let (name, bytes) = file.components().next().unwrap();
        let host = Host::builder().pool(PoolSize { instances: 20 }).limits(file.limits(&Limits::default()));
        let host = host.load_bytes(name, bytes).build().await.unwrap();
        let attempts = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let counted = Arc::clone(&attempts);
        let count = move |event: &RunEvent| {
            let is_attempt = matches!(event, RunEvent::AttemptStarted { .. });
            counted.fetch_add(is_attempt.into(), std::sync::atomic::Ordering::Relaxed);
        };
        let request = RunRequest::replay(&file.replay(action).unwrap()).grant(self.granted("elsewhere"));
        let running = host.start(request.watch(Arc::new(count)));
        let outcome = tokio::time::timeout(Duration::from_secs(60), running.outcome()).await.unwrap();
        (outcome, attempts.load(std::sync::atomic::Ordering::Relaxed))
    }
}

/// The failure is the one that was recorded, and nothing else was run.
async fn assert_shown(place: &Place, file: &ReplayFile, action: ActionId) {
    let (outcome, attempts) = place.replayed(file, action).await;
    let failure = outcome.result.unwrap_err();
    let replay = file.replay(action).unwrap();
    assert!(replay.is_shown_by(&StoredFailure::of(&failure)), "{failure} is not {:?}", replay.failure());
    assert_eq!(attempts, 1);
}

fn id(number: &str) -> ActionId {
    number.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_fails_as_it_did_though_none_of_its_children_is_run() {
    let place = Place::new();
    // The child that failed was the third; then the fourth was never invoked.
    let file = place.exported(RESUMED, RunRequest::new("alike", "{}")).await;
    assert_shown(&place, &ReplayFile::open(&file).unwrap(), ActionId::ROOT).await;
    // The last of three attempts.
    let file = place.exported(RESUMED, RunRequest::new("insists", "{}")).await;
    assert_shown(&place, &ReplayFile::open(&file).unwrap(), ActionId::ROOT).await;
    // In the midst of a chain.
    let file = place.exported(RESUMED, RunRequest::new("chain", r#"{"depth":3}"#)).await;
    let file = ReplayFile::open(&file).unwrap();
    assert_eq!(file.first_cause().unwrap(), id("a7"));
    assert_shown(&place, &file, id("a4")).await;
    // A fan-out, all of which reached it.
    let file = place.exported(RESUMED, RunRequest::new("fan", r#"{"n":50}"#)).await;
    assert_shown(&place, &ReplayFile::open(&file).unwrap(), ActionId::ROOT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_the_invocation_set_ends_the_action_again() {
    let place = Place::new();
    let (file, outcome) = place.recorded(POLICIES, RunRequest::new("in_a_hurry", "{}")).await;
    assert_eq!(outcome.result.unwrap().as_str(), "\"Limit\"");
    let file = ReplayFile::open(&file).unwrap();
    assert_eq!(file.first_cause().unwrap(), id("a1"));
    assert_shown(&place, &file, id("a1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invocations_that_the_run_refused_are_refused_again() {
    let place = Place::new();
    let chain = || RunRequest::new("chain", r#"{"depth":5}"#);
    let opened = async |request| ReplayFile::open(&place.exported(RESUMED, request).await).unwrap();
    let told = |file: &ReplayFile, action| file.replay(action).unwrap().failure().message.clone();

    let file = opened(chain().limits(Limits { max_depth: 2, ..Limits::default() })).await;
    assert_eq!(told(&file, id("a2")), "task `step` failed: depth: actions are nested more than 2 deep");
    assert_shown(&place, &file, id("a2")).await;
    assert_shown(&place, &file, id("a0")).await;

    let file = opened(chain().limits(Limits { max_actions: 4, ..Limits::default() })).await;
    assert_eq!(told(&file, id("a2")), "task `chain` failed: actions: the run has more than 4 actions or attempts");
    assert_shown(&place, &file, id("a2")).await;
    assert_shown(&place, &file, id("a0")).await;

    // Of a fan-out, some are refused, or all.
    for (max_actions, n) in [(20, 50), (1, 3)] {
        let fan = RunRequest::new("fan", format!(r#"{{"n":{n}}}"#));
        std::fs::write(place.dir.path().join("state/broken"), "1000").unwrap();
        let file = opened(fan.limits(Limits { max_actions, ..Limits::default() })).await;
        assert!(told(&file, id("a0")).contains("actions: the run has more than"));
        assert_shown(&place, &file, id("a0")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_for_what_never_comes_is_told_of() {
    let place = Place::new();
    let forget = |database: &Path| {
        Connection::open(database).unwrap().execute("DELETE FROM deliveries", []).unwrap();
    };
    let (file, _) = place.changed(RESUMED, RunRequest::new("alike", "{}"), forget).await;
    let file = ReplayFile::open(&file).unwrap();
    let (name, bytes) = file.components().next().unwrap();
    let host = Host::builder().pool(PoolSize { instances: 20 }).load_bytes(name, bytes).build().await.unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let watch = move |event: &RunEvent| {
        if let RunEvent::Progress { action, message, .. } = event {
            tell.send((*action, message.clone())).unwrap();
        }
    };
    let request = RunRequest::replay(&file.replay(ActionId::ROOT).unwrap()).grant(place.granted("state"));
    let running = host.start(request.watch(Arc::new(watch)));
    let (action, message) = tokio::time::timeout(Duration::from_secs(60), told.recv()).await.unwrap().unwrap();
    assert_eq!(action, ActionId::ROOT);
    assert!(message.starts_with("goes on without the result of a1, which did not reach it then"), "{message}");
    running.abort();
    assert!(matches!(running.outcome().await.result, Err(Failure::Aborted(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_rolls_the_same_number_where_randomness_was_fixed() {
    let place = Place::new();
    let file = place.exported(RESUMED, RunRequest::new("gamblers", "{}").deterministic(7)).await;
    let file = ReplayFile::open(&file).unwrap();
    let rolled = |action: &str| file.replay(id(action)).unwrap().failure().message.clone();
    assert_ne!(rolled("a1"), rolled("a3"));
    for action in ["a0", "a1", "a3"] {
        assert_shown(&place, &file, id(action)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_goes_another_way_or_does_not_fail_is_told_apart() {
    let place = Place::new();
    let file = ReplayFile::open(&place.exported(RESUMED, RunRequest::new("by_clock", "{}")).await).unwrap();
    let (outcome, attempts) = place.replayed(&file, ActionId::ROOT).await;
    assert!(matches!(outcome.result, Err(Failure::Diverged(_))), "{outcome:?}");
    assert_eq!(attempts, 1, "the child that was not invoked then is not run");
    // What was broken is not, there.
    let (outcome, _) = place.replayed(&file, id("a2")).await;
    assert_eq!(outcome.result.unwrap().as_str(), "0");
    assert!(matches!(file.replay(id("a1")), Err(ReplayError::NoAction(_))), "it did not fail");
    assert!(matches!(file.replay(id("a9")), Err(ReplayError::NoAction(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_does_a_kept_result_answer_nor_is_what_came_of_the_file_kept() {
    let place = Place::new();
    let file = ReplayFile::open(&place.exported(RESUMED, RunRequest::new("keeps", "{}")).await).unwrap();
    std::fs::remove_file(place.dir.path().join("state/broken")).unwrap();
    let results = Results::new(place.dir.path().join("home"), 1 << 30, |problem| panic!("{problem}"));
    let host = Host::builder().pool(PoolSize { instances: 20 }).load(RESUMED).results(results.clone());
    let host = host.build().await.unwrap();
    let replay = file.replay(ActionId::ROOT).unwrap();
    let ran = async |request: RunRequest| {
        let outcome = host.start(request.grant(place.granted("state"))).outcome().await;
        assert_eq!(outcome.result.unwrap().as_str(), "30");
        (outcome.stats.attempts, outcome.stats.cached)
    };
    assert_eq!(ran(RunRequest::replay(&replay)).await, (1, 0));
    assert_eq!(ran(RunRequest::new("keeps", "{}")).await, (3, 0));
    assert_eq!(ran(RunRequest::new("keeps", "{}")).await, (0, 1));
    assert_eq!(ran(RunRequest::replay(&replay)).await, (1, 0));
    results.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_not_in_the_file_and_what_had_one_is_named() {
    let place = Place::new();
    let inputs = format!(r#"{{"message":"{SECRET}"}}"#);
    let path = place.exported(FAULTS, RunRequest::new("fails", inputs)).await;
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()));
    let refused = ReplayFile::open(&path).unwrap().replay(ActionId::ROOT).unwrap_err().to_string();
    assert!(refused.starts_with("a0 cannot be replayed: its inputs were not kept"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_tells_of_a_deadline_is_replayed() {
    let place = Place::new();
    let file = place.exported(FAULTS, RunRequest::new("fails", r#"{"message":"deadline: missed"}"#)).await;
    assert_shown(&place, &ReplayFile::open(&file).unwrap(), ActionId::ROOT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_over_is_not_read() {
    let place = Place::new();
    let path = place.exported(RESUMED, RunRequest::new("gambles", "{}")).await;
    let whole = std::fs::read(&path).unwrap();
    for end in [0, 7, 11, 30, 500, whole.len() - 1] {
        std::fs::write(&path, &whole[..end]).unwrap();
        ReplayFile::open(&path).unwrap_err();
    }
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..20 {
        let mut changed = whole.clone();
        changed[random.usize(..whole.len())] ^= 1 << random.u32(..8);
        std::fs::write(&path, changed).unwrap();
        ReplayFile::open(&path).unwrap_err();
    }
}
