//! Results that are kept, from action to action and from host to host.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flyte_host::results::Results;
use flyte_host::rights::{Grants, GuestPath};
use flyte_host::run::{AbortCause, ActionId, Failure, Limit, Limits, Phase, ResultCacheMode, RunOutcome, RunTree};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{CLOCKS, RESULTS};
use tempfile::TempDir;

use crate::support;

fn home() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    (dir, home)
}

/// A host of its own that keeps results at home, as another process would.
struct Kept {
    host: Host,
    results: Results,
}

impl Kept {
    async fn at(home: &Path) -> Self {
        Self::of(Results::new(home, Results::DEFAULT_MAX_SIZE, |problem| panic!("{problem}"))).await
    }

    async fn of(results: Results) -> Self {
        let host = Host::builder().pool(PoolSize { instances: 20 }).load(RESULTS).results(results.clone());
        Self { host: host.build().await.unwrap(), results }
    }

    async fn run(&self, task: &str, inputs: &str) -> RunOutcome {
        self.host.start(RunRequest::new(task, inputs)).outcome().await
    }

    /// Runs a task and tells how many results were taken from the cache.
    async fn cached(&self, task: &str, inputs: &str) -> u64 {
        let outcome = self.run(task, inputs).await;
        assert_eq!(outcome.phase, Phase::Succeeded, "{outcome:?}");
        outcome.stats.cached
    }

    /// Ends as a process does.
    async fn end(self) {
        self.results.close().await;
    }
}

/// Starts a run and waits until its root is being computed.
async fn started(host: &Host, task: &str, inputs: &str) -> flyte_host::run::Run {
    let tree = Arc::new(RunTree::default());
    let run = host.start(RunRequest::new(task, inputs).watch(tree.clone()));
    while tree.action(ActionId::ROOT).is_none_or(|root| root.phase != Phase::Running) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_matter_is_not_looked_at() {
    let host = support::host(RESULTS).await;
    let run = async |inputs: &str| host.start(RunRequest::new("plain", inputs)).outcome().await.stats.cached;
    assert_eq!(run(r#"{"key":100,"note":"a","level":3}"#).await, 0);
    for same in [r#"{"level":3,"key":100}"#, r#"{ "note" : "b", "key" : 100 }"#, r#"{"key":100}"#] {
        assert_eq!(run(same).await, 1, "{same}");
    }
    for other in [r#"{"key":101}"#, r#"{"key":100,"level":4}"#] {
        assert_eq!(run(other).await, 0, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_outlive_their_host() {
    let (_dir, home) = home();
    let first = Kept::at(&home).await;
    let output = first.run("plain", r#"{"key":1}"#).await.result.unwrap();
    assert_eq!(first.cached("versioned", r#"{"key":1}"#).await, 0);
    first.end().await;
    let contents = Results::contents(&home).unwrap();
    assert_eq!(contents.results, 2);
    assert!(contents.bytes > 0);

    let second = Kept::at(&home).await;
    let again = second.run("plain", r#"{"note":"x","key":1}"#).await;
    assert_eq!((again.stats.cached, again.stats.attempts, again.result.unwrap()), (1, 0, output));
    assert_eq!(second.cached("versioned", r#"{"key":1}"#).await, 1);
    assert_eq!(second.cached("versioned", r#"{"key":2}"#).await, 0);
    second.end().await;
    assert_eq!(Results::clear(&home).unwrap().results, 3);
    assert_eq!(Results::contents(&home).unwrap(), Default::default());
    assert_eq!(Kept::at(&home).await.cached("plain", r#"{"key":1}"#).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_taken_as_long_as_it_is_not_too_old() {
    let (_dir, home) = home();
    let host = Kept::at(&home).await;
    for expected in [0, 1] {
        assert_eq!(host.cached("lasting", "{}").await, expected);
        assert_eq!(host.cached("brief", "{}").await, 0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    host.end().await;
    let host = Kept::at(&home).await;
    assert_eq!((host.cached("lasting", "{}").await, host.cached("brief", "{}").await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_may_do_without_or_overwrite() {
    let (_dir, home) = home();
    let host = Kept::at(&home).await;
    let run = async |mode| {
        let request = RunRequest::new("plain", r#"{"key":7}"#).result_cache(mode);
        let outcome = host.host.start(request).outcome().await;
        outcome.stats.cached
    };
    assert_eq!(run(ResultCacheMode::Off).await, 0);
    assert_eq!(run(ResultCacheMode::Use).await, 0, "one without has kept nothing");
    assert_eq!(run(ResultCacheMode::Use).await, 1);
    assert_eq!(run(ResultCacheMode::Off).await, 0);
    assert_eq!(run(ResultCacheMode::Overwrite).await, 0);
    assert_eq!(run(ResultCacheMode::Use).await, 1);
    host.end().await;
    let host = Kept::at(&home).await;
    let request = RunRequest::new("plain", r#"{"key":7}"#).result_cache(ResultCacheMode::Overwrite);
    assert_eq!(host.host.start(request).outcome().await.stats.cached, 0);
    // It is kept in place of the other.
    host.end().await;
    assert_eq!(Results::contents(&home).unwrap().results, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_longest_ago_goes_first() {
    let (_dir, home) = home();
    let most = 1 << 20;
    let host = || async { Kept::of(Results::new(&home, most, |problem| panic!("{problem}"))).await };
    for key in 0..20 {
        // Each in a process of its own: so they are used one after the other.
        let process = host().await;
        process.cached("large", &format!(r#"{{"key":{key},"bytes":100000}}"#)).await;
        if key > 0 {
            assert_eq!(process.cached("large", r#"{"key":0,"bytes":100000}"#).await, 1, "after {key}");
        }
        process.end().await;
    }
    let contents = Results::contents(&home).unwrap();
    assert!((5..=10).contains(&contents.results) && contents.bytes <= most, "{contents:?}");
    assert!(home.join("cache.db").metadata().unwrap().len() <= 2 * most);
    let last = host().await;
    let cached = async |key| last.cached("large", &format!(r#"{{"key":{key},"bytes":100000}}"#)).await;
    assert_eq!([cached(0).await, cached(19).await, cached(1).await], [1, 1, 0]);
    // One that would push out all others is not kept.
    last.cached("large", r#"{"key":99,"bytes":300000}"#).await;
    last.end().await;
    assert_eq!(host().await.cached("large", r#"{"key":99,"bytes":300000}"#).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_kept_on_the_disk() {
    let (_dir, home) = home();
    let granted = || Grants::new().secret("TOKEN", "correct-horse").open().unwrap();
    let run = async |kept: &Kept| {
        let outcome = kept.host.start(RunRequest::new("reveals", "{}").grant(granted())).outcome().await;
        assert_eq!(outcome.result.unwrap().as_str(), r#""correct-horse""#);
        outcome.stats.cached
    };
    let host = Kept::at(&home).await;
    assert_eq!((run(&host).await, run(&host).await), (0, 1));
    // So that there is something.
    host.cached("plain", r#"{"key":1}"#).await;
    host.end().await;
    assert_eq!(run(&Kept::at(&home).await).await, 0);
    for file in std::fs::read_dir(&home).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(13).any(|part| part == b"correct-horse"), "{}", file.display());
    }
}

/// A component whose bytes are others, and which does the same.
fn rebuilt(dir: &Path, component: &str) -> PathBuf {
    let an_empty_section = [0, 5, 4, b'n', b'o', b't', b'e'];
    let path = dir.join("rebuilt.wasm");
    std::fs::write(&path, [&std::fs::read(component).unwrap()[..], &an_empty_section].concat()).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn all_components_count_unless_there_is_a_version() {
    let (dir, home) = home();
    let rebuilt = rebuilt(dir.path(), CLOCKS);
    let (results, clocks) = (Path::new(RESULTS), Path::new(CLOCKS));
    for (components, plain, versioned) in [
        (vec![results, clocks], 0, 0),
        (vec![clocks, results], 1, 1),
        (vec![results, &rebuilt], 0, 1),
        (vec![results], 0, 1),
        (vec![results, clocks], 1, 1),
    ] {
        let kept = Results::new(&home, Results::DEFAULT_MAX_SIZE, |problem| panic!("{problem}"));
        let builder = Host::builder().pool(PoolSize { instances: 20 }).results(kept.clone());
        let builder = components.iter().fold(builder, |builder, component| builder.load(component));
        let host = Kept { host: builder.build().await.unwrap(), results: kept };
        assert_eq!(host.cached("plain", r#"{"key":1}"#).await, plain, "{components:?}");
        assert_eq!(host.cached("versioned", r#"{"key":1}"#).await, versioned, "{components:?}");
        host.end().await;
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_where_it_is_and_not_what_it_is_called() {
    let (dir, home) = home();
    let [one, other, link] = ["one", "other", "link"].map(|name| dir.path().join(name));
    std::fs::create_dir(&one).unwrap();
    std::fs::create_dir(&other).unwrap();
    std::os::unix::fs::symlink(&one, &link).unwrap();
    let host = Kept::at(&home).await;
    let cached = async |path: &Path| {
        let data = GuestPath::parse("/data").unwrap();
        let granted = Grants::new().read(path, data).open().unwrap();
        let outcome = host.host.start(RunRequest::new("reads", "{}").grant(granted)).outcome().await;
        assert_eq!(outcome.phase, Phase::Succeeded, "{outcome:?}");
        outcome.stats.cached
    };
    assert_eq!((cached(&link).await, cached(&one).await), (0, 1));
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&other, &link).unwrap();
    assert_eq!((cached(&link).await, cached(&other).await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_cannot_be_kept_leaves_no_earlier_one() {
    let (_dir, home) = home();
    let cached = async |bytes: usize, mode| {
        // Each in a process of its own; a quarter of the size is the most that one result may have.
        let host = Kept::of(Results::new(&home, 1 << 20, |problem| panic!("{problem}"))).await;
        let granted = Grants::new().secret("TOKEN", "correct-horse").open().unwrap();
        let request = RunRequest::new("varies", format!(r#"{{"bytes":{bytes}}}"#)).grant(granted);
        let outcome = host.host.start(request.result_cache(mode)).outcome().await;
        assert_eq!(outcome.phase, Phase::Succeeded, "{outcome:?}");
        host.end().await;
        outcome.stats.cached
    };
    for (too_large_or_secret, what) in [(300_000, "too large"), (0, "a secret")] {
        assert_eq!(cached(10, ResultCacheMode::Use).await, 0, "{what}");
        assert_eq!(cached(10, ResultCacheMode::Use).await, 1, "{what}");
        assert_eq!(cached(too_large_or_secret, ResultCacheMode::Overwrite).await, 0, "{what}");
        assert_eq!(Results::contents(&home).unwrap().results, 0, "{what}");
    }
}

/// A database of which one result was written.
async fn database_with_a_result(home: &Path) -> PathBuf {
    let host = Kept::at(home).await;
    host.cached("plain", r#"{"key":5}"#).await;
    host.end().await;
    home.join("cache.db")
}

/// How it is written, and whether it can become shorter.
fn made_as(database: &Path) -> (String, i64) {
    let database = rusqlite::Connection::open(database).unwrap();
    let journal_mode = database.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    (journal_mode, database.pragma_query_value(None, "auto_vacuum", |row| row.get(0)).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_what_another_is_about_to_make_does_not_make_it() {
    let (_dir, home) = home();
    drop(flyte_host::history::Home::open(&home).unwrap());
    std::fs::write(home.join("cache.db"), "").unwrap();
    assert_eq!(Results::contents(&home).unwrap(), Default::default());
    let path = database_with_a_result(&home).await;
    assert_eq!(made_as(&path), ("wal".to_owned(), 2));
    assert_eq!(Kept::at(&home).await.cached("plain", r#"{"key":5}"#).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_it_waits_for_another_that_writes_to_it() {
    let (_dir, home) = home();
    drop(flyte_host::history::Home::open(&home).unwrap());
    let other = rusqlite::Connection::open(home.join("cache.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let host = Kept::of(Results::new(&home, 1 << 30, |_| ())).await;
    assert_eq!(host.cached("plain", r#"{"key":5}"#).await, 0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    other.execute_batch("ROLLBACK").unwrap();
    host.end().await;
    assert_eq!(
        (Results::contents(&home).unwrap().results, made_as(&home.join("cache.db")).0),
        (1, "wal".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_of_another_program_is_left_alone() {
    let (_dir, home) = home();
    drop(flyte_host::history::Home::open(&home).unwrap());
    let path = home.join("cache.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs(x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let problems = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&problems);
    let host = Kept::of(Results::new(&home, 1 << 30, move |it| told.lock().unwrap().push(it.told()))).await;
    assert_eq!(host.cached("plain", r#"{"key":5}"#).await, 0);
    host.end().await;
    assert!(std::fs::read(&path).unwrap() == before, "it is as it was");
    let problems = problems.lock().unwrap();
    assert!(problems.len() == 1 && problems[0].contains("another program's"), "{problems:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_was_changed_is_as_if_it_were_not_there() {
    let (_dir, home) = home();
    let path = database_with_a_result(&home).await;
    let changed = |sql: &str| {
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    };
    for sql in [
        "UPDATE results SET output = '\"a1 9\"'",
        "UPDATE results SET output = CAST(x'22ff22' AS TEXT)",
        "UPDATE results SET computed = computed + 1",
        "UPDATE results SET checksum = x''",
    ] {
        changed(sql);
        let host = Kept::at(&home).await;
        assert_eq!(host.cached("plain", r#"{"key":5}"#).await, 0, "{sql}");
        host.end().await;
        let host = Kept::at(&home).await;
        assert_eq!(host.cached("plain", r#"{"key":5}"#).await, 1, "it was written anew");
        host.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_none_of_the_tasks_is_not_taken() {
    let (_dir, home) = home();
    let path = database_with_a_result(&home).await;
    let database = rusqlite::Connection::open(&path).unwrap();
    let (key, computed): (Vec<u8>, i64) =
        database.query_row("SELECT key, computed FROM results", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (output, cached) in [("5", 0), ("\"", 0), ("\"as it may be\"", 1)] {
        let checksummed = [&key[..], &computed.to_le_bytes(), output.as_bytes()].concat();
        let checksum = twox_hash::XxHash3_128::oneshot(&checksummed).to_le_bytes();
        let update = "UPDATE results SET computed = ?, output = ?, checksum = ?";
        database.execute(update, rusqlite::params![computed, output, checksum]).unwrap();
        let host = Kept::at(&home).await;
        assert_eq!(host.cached("plain", r#"{"key":5}"#).await, cached, "{output}");
        host.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_output_holds_for_results_that_are_kept() {
    let (_dir, home) = home();
    let host = Kept::at(&home).await;
    let inputs = r#"{"key":1,"bytes":1000}"#;
    assert_eq!(host.cached("large", inputs).await, 0);
    let limits = Limits { max_output: 100, ..Limits::default() };
    let outcome = host.host.start(RunRequest::new("large", inputs).limits(limits)).outcome().await;
    assert!(matches!(outcome.result, Err(Failure::Limit(Limit::Output { limit: 100, .. }))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_that_is_told_once_and_runs_go_on() {
    let (_dir, home) = home();
    let path = database_with_a_result(&home).await;
    std::fs::write(&path, "no database".repeat(1000)).unwrap();
    std::fs::remove_file(home.join("cache.db-wal")).unwrap();
    let problems = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&problems);
    let results = Results::new(&home, 1 << 30, move |problem| told.lock().unwrap().push(problem.told()));
    let host = Kept::of(results).await;
    for (key, cached) in [(5, 0), (5, 1), (6, 0)] {
        assert_eq!(host.cached("plain", &format!(r#"{{"key":{key}}}"#)).await, cached);
        assert_eq!(host.cached("slow", &format!(r#"{{"key":{key},"millis":0}}"#)).await, cached);
    }
    host.end().await;
    let problems = problems.lock().unwrap().clone();
    assert!(problems.len() == 1 && problems[0].contains("cache.db"), "{problems:?}");
    // What is damaged goes, if one asks for that.
    Results::clear(&home).unwrap();
    database_with_a_result(&home).await;
    assert_eq!(Results::contents(&home).unwrap().results, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_children_with_one_key_compute_once() {
    let host = support::host(RESULTS).await;
    for (task, key) in [("crowd", 1), ("crowd_below", 2)] {
        let inputs = format!(r#"{{"n":1000,"key":{key},"millis":100}}"#);
        let outcome = host.start(RunRequest::new(task, inputs)).outcome().await;
        let answers: Vec<String> = outcome.result.unwrap().to().unwrap();
        assert!(answers.len() == 1000 && answers.iter().all(|answer| *answer == answers[0]), "{task}");
        assert_eq!((outcome.stats.attempts, outcome.stats.cached), (2, 999), "{task}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_wait_hold_no_slot() {
    let host = Host::builder().pool(PoolSize { instances: 20 }).max_action_concurrency(1).load(RESULTS);
    let host = host.build().await.unwrap();
    let outcome = host.start(RunRequest::new("crowd", r#"{"n":50,"key":1,"millis":20}"#)).outcome().await;
    assert_eq!((outcome.phase, outcome.stats.attempts), (Phase::Succeeded, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_lets_the_next_one_try() {
    let host = support::host(RESULTS).await;
    let first = started(&host, "fragile", r#"{"fails":true}"#).await;
    let second = host.start(RunRequest::new("fragile", r#"{"fails":false}"#));
    let third = host.start(RunRequest::new("fragile", r#"{"fails":false}"#));
    assert!(matches!(first.outcome().await.result, Err(Failure::Task(_))));
    let (second, third) = (second.outcome().await, third.outcome().await);
    assert_eq!((second.phase, third.phase), (Phase::Succeeded, Phase::Succeeded));
    assert_eq!(second.stats.cached + third.stats.cached, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_aborted_at_once() {
    let (_dir, home) = home();
    let (one, other) = (Kept::at(&home).await, Kept::at(&home).await);
    let hour = r#"{"key":3,"millis":3600000}"#;
    let computing = started(&one.host, "slow", hour).await;
    // In this process and in another, so to speak.
    for host in [&one.host, &other.host] {
        let waiting = host.start(RunRequest::new("slow", hour));
        tokio::time::sleep(Duration::from_millis(50)).await;
        waiting.abort();
        assert!(matches!(waiting.outcome().await.result, Err(Failure::Aborted(AbortCause::Run))));
        let limits = Limits { deadline: Some(Duration::from_millis(50)), ..Limits::default() };
        let outcome = host.start(RunRequest::new("slow", hour).limits(limits)).outcome().await;
        assert!(matches!(outcome.result, Err(Failure::Limit(Limit::Deadline(_)))), "{outcome:?}");
        assert_eq!(outcome.stats.attempts, 0);
    }
    computing.abort();
    computing.outcome().await;
    // Whoever comes next is not kept from it.
    assert_eq!(other.cached("slow", r#"{"key":3,"millis":0}"#).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_hosts_computes_and_the_others_have_its_result() {
    let (_dir, home) = home();
    let (one, other) = (Kept::at(&home).await, Kept::at(&home).await);
    let computing = started(&one.host, "slow", r#"{"key":4,"millis":300}"#).await;
    let waited = other.run("slow", r#"{"key":4,"millis":0}"#).await;
    assert_eq!((waited.stats.attempts, waited.stats.cached), (0, 1));
    assert_eq!(waited.result.unwrap(), computing.outcome().await.result.unwrap());
    // The locks are gone with those who had them.
    one.end().await;
    assert_eq!(std::fs::read_dir(home.join("computing")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_overwrites_waits_for_who_computes_and_computes_anew() {
    let (_dir, home) = home();
    let (one, other) = (Kept::at(&home).await, Kept::at(&home).await);
    let overwriting = |host: &Kept, inputs: &str| {
        let tree = Arc::new(RunTree::default());
        let request = RunRequest::new("slow", inputs).result_cache(ResultCacheMode::Overwrite);
        (host.host.start(request.watch(tree.clone())), move || tree.action(ActionId::ROOT).map(|root| root.phase))
    };
    let (computing, phase) = overwriting(&one, r#"{"key":5,"millis":3600000}"#);
    while phase() != Some(Phase::Running) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (waiting, phase) = overwriting(&other, r#"{"key":5,"millis":0}"#);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(phase(), Some(Phase::Queued), "it waits");
    computing.abort();
    computing.outcome().await;
    let outcome = waiting.outcome().await;
    assert_eq!((outcome.phase, outcome.stats.attempts), (Phase::Succeeded, 1));
    // Whatever was kept in the meantime.
    let (next, _) = overwriting(&one, r#"{"key":5,"millis":0}"#);
    assert_eq!(next.outcome().await.stats.attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_invokes_itself_does_not_wait_for_itself() {
    let (_dir, home) = home();
    let outcome = Kept::at(&home).await.run("itself", r#"{"depth":4}"#).await;
    assert_eq!((outcome.phase, outcome.stats.attempts), (Phase::Succeeded, 5), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_want_what_the_other_computes_do_not_wait_for_each_other() {
    for in_one_host in [true, false] {
        let (_dir, home) = home();
        let one = Kept::at(&home).await.host;
        let other = if in_one_host { one.clone() } else { Kept::at(&home).await.host };
        let runs = [(one, "ping"), (other, "pong")];
        let runs = runs.map(|(host, task)| host.start(RunRequest::new(task, r#"{"depth":3}"#)));
        for run in runs {
            assert_eq!(run.outcome().await.phase, Phase::Succeeded);
        }
    }
}
