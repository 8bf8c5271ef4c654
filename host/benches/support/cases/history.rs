//! What it costs to record runs, and to look at what was recorded.

use std::path::Path;
use std::time::Instant;

use flyte_host::history::{Archive, Durability, History};
use flyte_host::run::Limits;
use flyte_host::{Host, RunRequest};

use crate::support::calls::COMPONENT;
use crate::support::race::{Clock, Contender, race};
use crate::support::row::{Figure, Row, Target};
use crate::support::threads::Threads;

/// The children of the fan-out that is measured with and without.
const CHILDREN: u64 = 100_000;
/// With a history it takes at most so many times as long: 0.7 of the throughput.
const RECORDED: f64 = 1.0 / 0.7;
/// The children of a durable fan-out.
const DURABLE: u64 = 20_000;
/// A durable child may take so long, in seconds: 5,000 a second.
const DURABLE_CHILD: f64 = 1.0 / 5000.0;
/// The actions of the run that is looked at.
const MANY: u64 = 1_000_000;
/// A look at it may take so long, in seconds.
const LOOK: f64 = 1.0;
const ROUNDS: usize = 5;

fn host(threads: &Threads, home: &Path, durability: Durability) -> (Host, History) {
    let history = History::start(home, durability, |problem| panic!("{problem}")).unwrap();
    let host = Host::builder().load(COMPONENT).history(history.clone());
    (threads.wait(host.build()).unwrap(), history)
}

/// A fan-out, until all of it is recorded.
fn fan_out(threads: &Threads, host: &Host, history: Option<&History>, children: u64) {
    let limits = Limits { max_actions: children + 1, ..Limits::default() };
    let request = RunRequest::new("fan_out", format!(r#"{{"n":{children}}}"#)).limits(limits);
    threads.wait(async {
        host.start(request).outcome().await.result.unwrap();
        if let Some(history) = history {
            history.flush().await.unwrap();
        }
    });
}

pub(super) fn rows() -> Vec<Row> {
    let threads = Threads::two();
    let directory = tempfile::tempdir().unwrap();
    let plain = super::host(&threads);
    let (recorded, history) = host(&threads, &directory.path().join("home"), Durability::Batched);
    let off = Contender::of(CHILDREN as usize, |_| fan_out(&threads, &plain, None, CHILDREN));
    let on = Contender::of(CHILDREN as usize, |_| fan_out(&threads, &recorded, Some(&history), CHILDREN));
    let [off, on] = race(Clock::Wall, ROUNDS, [off, on]);
    let row = Row::of("fan-out of 100,000 with a history, a child", &on);
    vec![row.over(on.times_that_of(&off), "without one").target(Target::ratio(RECORDED))]
}

pub(super) fn durable() -> Vec<Row> {
    let threads = Threads::two();
    let directory = tempfile::tempdir().unwrap();
    let (host, history) = host(&threads, &directory.path().join("home"), Durability::Durable);
    let each = Contender::of(DURABLE as usize, |_| fan_out(&threads, &host, Some(&history), DURABLE));
    let [each] = race(Clock::Wall, 3, [each]);
    let row = Row::of("fan-out of 20,000, each on the disk before it goes on, a child", &each);
    vec![row.target(Target { figure: Some(DURABLE_CHILD), ..Target::default() })]
}

pub(super) fn archive() -> Vec<Row> {
    let threads = Threads::two();
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path().join("home");
    let (host, history) = host(&threads, &home, Durability::Batched);
    fan_out(&threads, &host, Some(&history), MANY - 1);
    let size: u64 = std::fs::read_dir(&home).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    let start = Instant::now();
    let archive = Archive::open(&home).unwrap().unwrap();
    let run = archive.find("r").unwrap().unwrap();
    assert_eq!(archive.tree(&run).unwrap()[1].count, MANY - 1);
    let took = start.elapsed().as_secs_f64();
    vec![
        Row::new("the tree of a run of 1,000,000 actions", Figure::Seconds(took))
            .target(Target { figure: Some(LOOK), ..Target::default() }),
        Row::new("its history on the disk", Figure::Bytes(size)),
    ]
}
