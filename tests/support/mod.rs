//! What the tests share: hosts with a guest loaded, and short ways to run its tasks.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use flyte_host::run::{Failure, RunEvent, RunOutcome, RunTree};
use flyte_host::{Host, PoolSize, RunRequest};
use tokio::sync::Mutex;

static HOSTS: LazyLock<Mutex<HashMap<&'static str, Host>>> = LazyLock::new(Mutex::default);

/// A host with this component loaded; one for all tests, as each would compile it again.
pub(crate) async fn host(component: &'static str) -> Host {
    let mut hosts = HOSTS.lock().await;
    if let Some(host) = hosts.get(component) {
        return host.clone();
    }
    // A process has room for some large pools only, and there is a host for each guest.
    let pool = PoolSize { instances: 200 };
    let host = Host::builder().pool(pool).load(component).build().await.expect("the guest loads");
    hosts.insert(component, host.clone());
    host
}

/// The output of a task of this component, as text.
pub(crate) async fn run(component: &'static str, task: &str, inputs: &str) -> Result<String, Failure> {
    host(component).await.run(task, inputs).await.map(|output| output.as_str().to_owned())
}

/// Everything that happens in a run of a task on a host.
#[allow(dead_code, reason = "not every test binary asks")]
pub(crate) async fn events_of(host: &Host, task: &str, inputs: &str) -> (RunOutcome, Vec<RunEvent>) {
    let events = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = {
        let events = Arc::clone(&events);
        move |event: &RunEvent| events.lock().expect("no sink panics").push(event.clone())
    };
    let outcome = host.start(RunRequest::new(task, inputs).watch(Arc::new(sink))).outcome().await;
    let events = std::mem::take(&mut *events.lock().expect("no sink panics"));
    (outcome, events)
}

/// As [`run`], with everything that happened.
pub(crate) async fn watch(component: &'static str, task: &str, inputs: &str) -> (RunOutcome, Arc<RunTree>) {
    let tree = Arc::new(RunTree::default());
    let request = RunRequest::new(task, inputs).watch(tree.clone());
    let outcome = host(component).await.start(request).outcome().await;
    (outcome, tree)
}
