//! The memory of the process, as the system counts it.

use std::time::Duration;

use flyte_host::run::Limits;
use flyte_host::{Host, RunRequest};

/// How much more than before an attack there may be after it. The allocator keeps some of what it had, and slots of the
/// pool keep up to two mebibytes each.
const MARGIN: usize = 64 << 20;

/// What was resident before any attack.
pub(crate) struct Baseline(Option<usize>);

impl Baseline {
    /// Warms the host up, so that what it keeps for good is there, and measures.
    pub(crate) async fn measure(host: &Host) -> Self {
        for _ in 0..3 {
            // As many as the pool holds, each of which touches more memory than its slot keeps.
            let fans = (0..32).map(|_| {
                let requests = vec![r#"{"feature_a":1,"feature_b":2}"#; 300].join(",");
                let inputs = format!(r#"{{"batch":{{"requests":[{requests}]}}}}"#);
                host.start(RunRequest::new("process_batch", inputs).limits(Limits::default())).outcome()
            });
            for outcome in futures::future::join_all(fans).await {
                outcome.result.unwrap();
            }
        }
        Self(resident())
    }

    /// Waits until no more than before is resident, and fails where that takes too long.
    pub(crate) async fn is_back(&self) {
        let Some(before) = self.0 else { return };
        let mut now = 0;
        for _ in 0..200 {
            now = resident().unwrap();
            if now <= before + MARGIN {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} MiB are resident, and {} MiB were before", now >> 20, before >> 20);
    }
}

/// Bytes of the process that are in memory, where the system tells.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse::<usize>().ok()?;
    Some(pages * 4096)
}
