//! What a host takes that has nothing to do.

use std::process::Command;

use flyte_host::{CompileCache, Host};

use crate::support::calls::COMPONENT;
use crate::support::programs::{self, FLYTE_HOST};
use crate::support::row::{Figure, Row, Target};
use crate::support::{machine, threads::Threads};

/// At most, in bytes.
const IDLE: f64 = (30 << 20) as f64;
/// After so many runs the component is optimised.
const WARM_UP: usize = 6;
const NAME: &str = "idle host with one component";

pub(super) fn rows() -> Vec<Row> {
    let directory = tempfile::tempdir().unwrap();
    let cache = CompileCache::open(directory.path().join("cache")).unwrap();
    // Compiled by other processes, the first of which does it quickly: a compiler leaves memory behind.
    for _ in 0..WARM_UP {
        let mut command = Command::new(FLYTE_HOST);
        programs::run(
            command
                .args(["run", "--quiet", "--no-history", "--cache-dir"])
                .arg(cache.dir())
                .args([COMPONENT, "idle"]),
        );
    }

    let two = Threads::two();
    let Some(before) = machine::memory() else { return vec![Row::missing(NAME, "the system does not tell")] };
    let host = two.wait(Host::builder().compile_cache(cache).load(COMPONENT).build()).unwrap();
    let after = machine::memory().unwrap_or_default();
    drop(host);
    let target = Target { figure: Some(IDLE), ..Target::default() };
    vec![
        Row::new(NAME, Figure::Bytes(after))
            .target(target)
            .note(format!("compiled ahead; {} MiB without a host", before >> 20)),
    ]
}
