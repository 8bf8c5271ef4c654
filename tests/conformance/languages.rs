//! The ways to write tasks, each with a host that has the suite's component.

use std::path::Path;
use std::sync::{Arc, Mutex};

use flyte_host::build::{Stop, Workshop};
use flyte_host::run::{Failure, RunEvent, RunOutcome};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{CONFORMANCE, CONFORMANCE_TYPED};
use tokio::sync::OnceCell;

/// A way to write tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Python,
    JavaScript,
    /// Functions with types of WIT.
    Typed,
}

pub(crate) use Language::{JavaScript, Python, Rust, Typed};

pub(crate) const SDKS: &[Language] = &[Rust, Python, JavaScript];
pub(crate) const ALL: &[Language] = &[Rust, Python, JavaScript, Typed];

/// Tests for each language, of these names, that have it checked.
macro_rules! in_each {
    (@ $module:ident: $language:ident, $($test:ident: $check:ident),*) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$check($crate::languages::Language::$language).await;
                }
            )*
        }
    };
    ($($tests:tt)*) => {
        $crate::languages::in_each!(@ rust: Rust, $($tests)*);
        $crate::languages::in_each!(@ python: Python, $($tests)*);
        $crate::languages::in_each!(@ javascript: JavaScript, $($tests)*);
        $crate::languages::in_each!(@ typed: Typed, $($tests)*);
    };
}
pub(crate) use in_each;

static HOSTS: [OnceCell<Host>; 4] = [const { OnceCell::const_new() }; 4];

/// A host with the suite's component in this language, which is built if need be.
pub(crate) async fn host(language: Language) -> &'static Host {
    let load = async || {
        let component = component(language).await;
        Host::builder().pool(PoolSize { instances: 100 }).load(component).build().await.unwrap()
    };
    HOSTS[language as usize].get_or_init(load).await
}

/// The suite's component in this language, which is built if need be.
pub(crate) async fn component(language: Language) -> String {
    match language {
        Rust => CONFORMANCE.to_owned(),
        Typed => CONFORMANCE_TYPED.to_owned(),
        Python => built("tasks.py").await,
        JavaScript => built("tasks.js").await,
    }
}

/// The component of a file, by its path from here. Python and node must be there, and the network when their tools are
/// set up first.
pub(crate) async fn built(file: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance").join(file);
    let build = move || {
        let workshop = Workshop::open(concat!(env!("CARGO_TARGET_TMPDIR"), "/workshop")).unwrap();
        let built = workshop.build(&source, &Stop::default(), |_| {});
        built.unwrap_or_else(|error| panic!("{}: {error}: {error:?}", source.display())).path
    };
    tokio::task::spawn_blocking(build).await.unwrap().to_str().unwrap().to_owned()
}

/// The output of a task, as text.
pub(crate) async fn run(language: Language, task: &str, inputs: &str) -> Result<String, Failure> {
    host(language).await.run(task, inputs).await.map(|output| output.as_str().to_owned())
}

/// A run of a task, and all that happened.
pub(crate) async fn watch(language: Language, request: RunRequest) -> (RunOutcome, Vec<RunEvent>) {
    watch_on(host(language).await, request).await
}

/// The same on a host of the caller's own.
pub(crate) async fn watch_on(host: &Host, request: RunRequest) -> (RunOutcome, Vec<RunEvent>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = {
        let events = Arc::clone(&events);
        move |event: &RunEvent| events.lock().unwrap().push(event.clone())
    };
    let outcome = host.start(request.watch(Arc::new(sink))).outcome().await;
    let events = std::mem::take(&mut *events.lock().unwrap());
    (outcome, events)
}
