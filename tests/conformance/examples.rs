//! The examples that are there in several languages.

use flyte_host::run::{RunEvent, RunOutcome};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{DATACLASSES_AND_STRUCTURES, PIPELINE_READINGS};

use crate::languages::{built, watch_on};

const BATCHES: [&str; 4] = [
    r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4}],"batch_id":"b"}}"#,
    r#"{"batch":{"requests":[{"feature_a":0.1,"feature_b":-1e-9},{"feature_a":1e20,"feature_b":3}]}}"#,
    r#"{"batch":{"requests":[],"batch_id":"none"}}"#,
    r#"{"batch":{"requests":[{"feature_a":5.0,"feature_b":6}],"batch_id":"ü \"quoted\""}}"#,
];

async fn in_three_languages() -> [Host; 3] {
    let directory = "../../examples/dataclasses-and-structures";
    let python = built(&format!("{directory}/python/dataclass_example.py")).await;
    let javascript = built(&format!("{directory}/javascript/dataclasses_and_structures.js")).await;
    let mut hosts = Vec::new();
    for component in [DATACLASSES_AND_STRUCTURES.to_owned(), python, javascript] {
        hosts.push(Host::builder().pool(PoolSize { instances: 50 }).load(component).build().await.unwrap());
    }
    hosts.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn structures_give_the_same_bytes_in_three_languages() {
    let [rust, python, javascript] = in_three_languages().await;
    for batch in BATCHES {
        let summary = rust.run("process_batch", batch).await.unwrap();
        let text = rust.run("summarize_results", format!(r#"{{"summary":{summary}}}"#)).await.unwrap();
        for (name, other) in [("Python", &python), ("JavaScript", &javascript)] {
            let its = other.run("process_batch", batch).await.unwrap();
            assert_eq!(its, summary, "{name}: {batch}");
            let its = other.run("summarize_results", format!(r#"{{"summary":{its}}}"#)).await.unwrap();
            assert_eq!(its, text, "{name}: {batch}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_over_three_languages() {
    let python = built("../../examples/polyglot/report.py").await;
    let javascript = built("../../examples/polyglot/render.js").await;
    let host = Host::builder().pool(PoolSize { instances: 50 });
    let host = host.load(python).load(javascript).load(PIPELINE_READINGS).build().await.unwrap();
    let request = RunRequest::new("warmest_first", r#"{"text":"oslo,14\nnairobi,77\n","title":"Now"}"#);
    let (RunOutcome { result, .. }, events) = watch_on(&host, request).await;
    let table = "# Now\n\n| station | |\n|---|--:|\n| nairobi | 25.0 °C |\n| oslo | -10.0 °C |";
    assert_eq!(result.unwrap().as_string().as_deref(), Some(table));
    let mut tasks: Vec<String> = events
        .iter()
        .filter_map(|event| match event {
            RunEvent::ActionQueued { task, .. } => Some(task.to_string()),
            _ => None,
        })
        .collect();
    tasks.sort();
    let expected = ["pages.table", "readings.celsius", "readings.celsius", "readings.parse", "warmest_first"];
    assert_eq!(tasks, expected);
}
