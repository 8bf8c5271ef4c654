//! Calls of tasks in other languages: their components are an interpreter and its memory.

use std::path::Path;

use flyte_host::Host;
use flyte_host::build::{Stop, Workshop};

use super::ROUNDS;
use crate::support::calls::{self, TASK};
use crate::support::race::{Clock, Contender, race};
use crate::support::raw::Raw;
use crate::support::row::{Row, Target};
use crate::support::threads::Threads;

/// A fresh call may cost so many times one on wasmtime alone.
const CALL: f64 = 1.25;

/// A language: its program, and how long a call may take, fresh and in an instance that is used again, in seconds.
struct Language {
    name: &'static str,
    program: &'static str,
    fresh: Option<f64>,
    warm: Option<f64>,
}

const PYTHON: Language = Language { name: "Python", program: "tasks.py", fresh: None, warm: Some(50e-6) };
const JAVASCRIPT: Language = Language { name: "JavaScript", program: "tasks.js", fresh: Some(150e-6), warm: None };

pub(super) fn python() -> Vec<Row> {
    PYTHON.rows()
}

pub(super) fn javascript() -> Vec<Row> {
    JAVASCRIPT.rows()
}

impl Language {
    fn rows(&self) -> Vec<Row> {
        let component = match self.built() {
            Ok(component) => component,
            Err(error) => return vec![Row::missing(self.name, error)],
        };
        let (one, two) = (Threads::one(), Threads::two());
        let raw = calls::raw(Raw::load(&component));
        let host = one.wait(Host::builder().load(&component).build()).unwrap();
        let (fresh, warm) = (calls::host(host.clone(), TASK), calls::host(host, "predict_warm"));
        let contenders = [
            Contender::new(|n| one.share(n, &raw)),
            Contender::new(|n| one.share(n, &fresh)),
            Contender::new(|n| one.share(n, &warm)),
        ];
        let [raw_alone, alone, reused] = race(Clock::Processor, ROUNDS, contenders);
        let contenders = [Contender::new(|n| one.share(n, &fresh)), Contender::new(|n| two.share(n, &fresh))];
        let [on_one, on_both] = race(Clock::Wall, ROUNDS, contenders);
        let name = self.name;
        vec![
            Row::of(format!("{name}, fresh call"), &alone)
                .over(alone.times_that_of(&raw_alone), "raw fresh call of it")
                .target(Target { figure: self.fresh, ..Target::ratio(CALL) }),
            Row::of(format!("{name}, fresh call, both cores"), &on_both)
                .over(on_both.times_that_of(&on_one), "one core"),
            Row::of(format!("{name}, warm call"), &reused)
                .over(reused.times_that_of(&alone), "fresh call of it")
                .target(Target { figure: self.warm, ..Target::default() }),
        ]
    }

    fn built(&self) -> Result<String, String> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/programs").join(self.program);
        let workshop = Workshop::open(concat!(env!("CARGO_TARGET_TMPDIR"), "/workshop"));
        let workshop = workshop.map_err(|error| error.to_string())?;
        let built = workshop.build(&program, &Stop::default(), |_| {}).map_err(|error| error.to_string())?;
        Ok(built.path.to_str().unwrap().to_owned())
    }
}
