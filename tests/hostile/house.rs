//! The one host of the suite, with tight limits, and how it is after an attack.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use flyte_host::run::Limits;
use flyte_host::{Host, HostError, PoolSize, RunRequest};
use flyte_host_artifacts::{DATACLASSES_AND_STRUCTURES, HOSTILE_GUESTS, HOSTILE_TEXTS};
use tokio::runtime::Runtime;

use crate::attack::Attack;
use crate::resident::Baseline;
use crate::{components, describing, frame, typed};

/// How many sandboxes the house holds.
pub(crate) const POOL: PoolSize = PoolSize { instances: 48 };

/// How many of them run at once.
const CONCURRENCY: u32 = 16;

/// All of the suite, in one process.
pub(crate) struct House {
    pub(crate) runtime: Runtime,
    pub(crate) host: Host,
    baseline: Baseline,
}

pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::open);

/// Memory is the whole process's: one attack at a time.
static TURN: Mutex<()> = Mutex::new(());

/// What a hostile task may take.
pub(crate) fn tight() -> Limits {
    Limits {
        max_runtime: Some(Duration::from_millis(400)),
        max_actions: 10_000,
        max_depth: 16,
        max_memory: 32 << 20,
        max_input: 1 << 20,
        max_output: 1 << 20,
        max_log: 256 << 10,
        max_pending: 100_000,
        max_handles: 50_000,
        max_held: 16 << 20,
        ..Limits::default()
    }
}

/// How often an attack is repeated where more memory is resident after it.
const REPETITIONS: usize = 5;

/// The tight limits, with time enough for what is to end by another limit, or well, on a busy machine.
pub(crate) fn patient() -> Limits {
    Limits { max_runtime: Some(Duration::from_secs(60)), ..tight() }
}

impl House {
    fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let host = runtime.block_on(async {
            let mut builder = Host::builder().pool(POOL).limits(tight()).max_action_concurrency(CONCURRENCY);
            for guest in [DATACLASSES_AND_STRUCTURES].iter().chain(HOSTILE_GUESTS) {
                builder = builder.load(*guest);
            }
            for (name, text) in HOSTILE_TEXTS {
                let refused = [describing::REFUSED, components::REFUSED, typed::REFUSED];
                if !refused.iter().any(|refused| refused.contains(name)) {
                    builder = builder.load_bytes(format!("{name}.wasm"), frame::component(name, text));
                }
            }
            builder.build().await.unwrap_or_else(|error| panic!("{}", told(&error)))
        });
        let baseline = runtime.block_on(Baseline::measure(&host));
        Self { runtime, host, baseline }
    }

    /// Runs the page's example.
    pub(crate) async fn runs_the_example(&self) {
        let batch = r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4}]}}"#;
        let request = RunRequest::new("process_batch", batch).limits(Limits::default());
        let summary = self.host.start(request).outcome().await.result.unwrap();
        let expected = r#"{"predictions":[9.0,19.0],"average":14.0,"count":2,"batch_id":"default"}"#;
        assert_eq!(summary.as_str(), expected);
    }
}

/// Carries the attack out; then the example runs as ever, and the memory is back.
pub(crate) fn endure(attack: &Attack) {
    endure_all(|| (attack.trial)());
}

/// As [`endure`], for anything that hostile guests do.
pub(crate) fn endure_all<F: Future<Output = ()>>(trial: impl Fn() -> F) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let house = &*HOUSE;
    house.runtime.block_on(async {
        // What the allocator keeps of the most it had is kept once, or twice where threads differ; a leak comes each time.
        for _ in 0..REPETITIONS {
            trial().await;
            house.runs_the_example().await;
            if house.baseline.is_back().await {
                return;
            }
            house.baseline.rise();
        }
        panic!("each time more memory is resident");
    });
    drop(turn);
}

/// An error with its causes.
pub(crate) fn told(error: &HostError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    text
}
