//! The memory of the process, as the system counts it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flyte_host::run::Limits;
use flyte_host::{Host, RunRequest};
use futures::future::join_all;

/// How much more than before there may be after an attack, in bytes.
const MARGIN: usize = 48 << 20;

/// How much more than at first there may ever be, in bytes: slots of the pool keep up to two mebibytes each, and an
/// allocator keeps pages of which it needs a part.
const KEPT: usize = 768 << 20;

/// What was resident before any attack, and since.
pub(crate) struct Baseline {
    first: usize,
    now: AtomicUsize,
}

impl Baseline {
    /// Warms the host up, so that what it keeps for good is there, and measures.
    pub(crate) async fn measure(host: &Host) -> Self {
        for _ in 0..2 {
            // More at once than the pool holds.
            let fans = (0..32).map(|_| {
                let requests = vec![r#"{"feature_a":1,"feature_b":2}"#; 300].join(",");
                let inputs = format!(r#"{{"batch":{{"requests":[{requests}]}}}}"#);
                host.start(RunRequest::new("process_batch", inputs).limits(Limits::default())).outcome()
            });
            for outcome in join_all(fans).await {
                outcome.result.unwrap();
            }
        }
        let first = resident();
        Self { first, now: AtomicUsize::new(first) }
    }

    /// Whether, after a while, no more than before is resident.
    pub(crate) async fn is_back(&self) -> bool {
        for _ in 0..60 {
            if resident() <= self.now.load(Ordering::Relaxed) + MARGIN {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// Takes what is resident now for what was there before.
    pub(crate) fn rise(&self) {
        let now = resident();
        assert!(
            now <= self.first + KEPT,
            "{} MiB are resident, and {} MiB were at first",
            now >> 20,
            self.first >> 20
        );
        self.now.store(now, Ordering::Relaxed);
    }
}

/// Bytes of the process that are in memory; 0 where the system does not tell.
fn resident() -> usize {
    give_back();
    let told = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = told.and_then(|told| told.split(' ').nth(1)?.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

/// Has the allocator give free pages back to the system, so that what is resident is what is in use.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_back() {
    #[allow(unsafe_code, reason = "there is no other way to the C library's function, which takes any number")]
    unsafe extern "C" {
        safe fn malloc_trim(pad: usize) -> i32;
    }
    malloc_trim(0);
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
