//! The command line, as whole processes.

use std::path::Path;
use std::process::Command;

use flyte_host_artifacts::DATACLASSES_AND_STRUCTURES as EXAMPLE;

use crate::support::calls::{INPUTS, TASK};
use crate::support::programs::{self, FLYTE_HOST};
use crate::support::race::{Clock, Contender, Rounds, race};
use crate::support::row::{Figure, Row, Target};

/// At most, in seconds, where everything is cached.
const CACHED: f64 = 0.015;
/// At most so many times the bare program.
const BARE: f64 = 2.0;
/// What it may take more to record a run, in seconds.
const RECORDED: f64 = 0.005;
/// At most, in seconds, where nothing is.
const FIRST: f64 = 0.25;
const ROUNDS: usize = 60;
const FIRST_ROUNDS: usize = 10;
const WARM_UP: usize = 6;

pub(super) fn rows() -> Vec<Row> {
    let Some(bare) = programs::bare() else {
        return vec![Row::missing("command line", "cargo did not build the bare program")];
    };
    let directory = tempfile::tempdir().unwrap();
    let (cache, compiled) = (directory.path().join("cache"), directory.path().join("example.cwasm"));
    programs::run(Command::new(&bare).arg(EXAMPLE).arg("-o").arg(&compiled));
    // The first run compiles quickly, and one of the next few waits for what is optimised.
    (0..WARM_UP).for_each(|_| programs::run(&mut flyte_host(&cache)));

    let again = |n, command: &mut dyn FnMut() -> Command| (0..n).for_each(|_| programs::run(&mut command()));
    let own = Contender::of(1, |n| again(n, &mut || flyte_host(&cache)));
    let unrecorded = Contender::of(1, |n| again(n, &mut || without_history(&cache)));
    let least = Contender::of(1, |n| again(n, &mut || bare_call(&bare, &compiled)));
    let nothing = Contender::of(1, |n| again(n, &mut || version()));
    let [own, unrecorded, least, nothing] = race(Clock::Wall, ROUNDS, [own, unrecorded, least, nothing]);

    let empty = directory.path().join("first");
    let first = Contender::of(1, |n| {
        again(n, &mut || {
            // Some tenths of a millisecond, of more than a hundred.
            drop(std::fs::remove_dir_all(&empty));
            flyte_host(&empty)
        });
    });
    let least_first = Contender::of(1, |n| again(n, &mut || bare_call(&bare, Path::new(EXAMPLE))));
    let [first, least_first] = race(Clock::Wall, FIRST_ROUNDS, [first, least_first]);

    let row = |name: &str, contender: &Rounds, command: &mut Command| Row {
        // Those of other processes are not counted.
        faults: None,
        ..Row::of(name, contender).peak(programs::peak(command))
    };
    let cached = row("`run` of the example, cached", &own, &mut flyte_host(&cache))
        .over(own.times_that_of(&least), "bare program")
        .target(Target { figure: Some(CACHED), ..Target::ratio(BARE) });
    drop(std::fs::remove_dir_all(&empty));
    vec![
        row("`--version`", &nothing, &mut version()),
        row("bare program, compiled ahead", &least, &mut bare_call(&bare, &compiled)),
        cached,
        Row::new("… of that, to record the run", Figure::Seconds(own.cost().time - unrecorded.cost().time))
            .peak(None)
            .target(Target { figure: Some(RECORDED), ..Target::default() }),
        row("bare program, compiling", &least_first, &mut bare_call(&bare, Path::new(EXAMPLE))),
        row("first `run` of the example", &first, &mut flyte_host(&empty))
            .over(first.times_that_of(&least_first), "bare program")
            .target(Target { figure: Some(FIRST), ..Target::default() }),
    ]
}

fn version() -> Command {
    let mut command = Command::new(FLYTE_HOST);
    command.arg("--version");
    command
}

fn bare_call(bare: &Path, component: &Path) -> Command {
    let mut command = Command::new(bare);
    command.arg(component).args([TASK, INPUTS]);
    command
}

/// A run that is recorded beside the cache.
fn flyte_host(cache: &Path) -> Command {
    let mut command = Command::new(FLYTE_HOST);
    command.args(["run", "--quiet", "--cache-dir"]).arg(cache).arg("--home").arg(cache.with_extension("home"));
    command.args([EXAMPLE, TASK, "--inputs", INPUTS]);
    command
}

fn without_history(cache: &Path) -> Command {
    let mut command = Command::new(FLYTE_HOST);
    command.args(["run", "--quiet", "--no-history", "--cache-dir"]).arg(cache);
    command.args([EXAMPLE, TASK, "--inputs", INPUTS]);
    command
}
