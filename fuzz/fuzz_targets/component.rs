//! Bytes as a component: inspected and, where they pass, compiled, linked and asked for their tasks by a host of
//! their own, in a sandbox of a few mebibytes.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use flyte_host::component::inspect;
use flyte_host::run::Limits;
use flyte_host::{Host, PoolSize};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

/// Longer bytes take long to compile and show nothing that shorter ones don't.
const LONGEST: usize = 64 << 10;

/// A description that takes longer is dropped half-way, which is to be tried too.
const WITHIN: Duration = Duration::from_millis(250);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().expect("a runtime")
});

fuzz_target!(|bytes: &[u8]| {
    if let Err(unfit) = inspect(bytes) {
        assert!(!unfit.to_string().is_empty());
        return;
    }
    if bytes.len() > LONGEST {
        return;
    }
    let host = Host::builder()
        .pool(PoolSize { instances: 1 })
        .limits(Limits { max_memory: 4 << 20, ..Limits::default() })
        .load_bytes("fuzzed.wasm", bytes);
    match RUNTIME.block_on(async { tokio::time::timeout(WITHIN, host.build()).await }) {
        Err(_) => {}
        Ok(Err(error)) => assert!(!error.to_string().is_empty()),
        Ok(Ok(host)) => {
            for task in host.catalog().tasks() {
                assert!(!task.signature().is_empty());
            }
        }
    }
});
