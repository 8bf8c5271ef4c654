//! WASI 0.3 keeps to the same rights, quotas and clocks as 0.2.

use std::sync::{Arc, Mutex};

use flyte_host::RunRequest;
use flyte_host::rights::{Grants, GuestPath};
use flyte_host::run::{Limits, RunEvent};
use flyte_host_artifacts::PREVIEW3;

use crate::support::host;

/// The task's output and what it was denied, with a directory of one file to read.
async fn run(task: &str) -> (String, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.txt"), "alpha").unwrap();
    std::fs::create_dir(dir.path().join("in")).unwrap();
    let denied = Arc::new(Mutex::new(Vec::new()));
    let sink = {
        let denied = Arc::clone(&denied);
        move |event: &RunEvent| {
            if let RunEvent::Denied { denial, .. } = event {
                denied.lock().unwrap().push(denial.capability.to_string());
            }
        }
    };
    // What it declares decides whether it may write.
    let grants = Grants::new().write(dir.path(), GuestPath::parse("/data").unwrap()).open().unwrap();
    let limits = Limits { max_handles: 1000, ..Limits::default() };
    let request = RunRequest::new(task, "{}").grant(grants).limits(limits).deterministic(7).watch(Arc::new(sink));
    let outcome = host(PREVIEW3).await.start(request).outcome().await;
    let denied = denied.lock().unwrap().clone();
    (serde_json::from_str(outcome.result.unwrap().as_str()).unwrap(), denied)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_is_read() {
    let (told, denied) = run("reads").await;
    assert_eq!(told, "alpha: a.txt in");
    assert_eq!(denied, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_granted_is_denied_and_told() {
    let (told, denied) = run("is_denied").await;
    assert_eq!(told, ["ErrorCode::NotPermitted"; 5].join(" "));
    assert_eq!(denied, ["read /etc/passwd", "read /etc/shadow", "write /data/dir", "read /", "write /data/a.txt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_files_are_open_and_no_more() {
    assert_eq!(run("opens_many").await.0, "128 open, 272 refused by the quota");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_counts_while_a_stream_has_it() {
    assert_eq!(run("hoards_streams").await.0, "128 and ErrorCode::Quota, 128 and ErrorCode::Quota");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_given_up_leave_nothing_behind() {
    assert_eq!(run("cancels").await.0, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn timers_go_off_by_virtual_time() {
    assert_eq!(run("waits").await.0, "30500 at 30, 10000 at 10, 20700 at 20, 20200 at 20");
}
