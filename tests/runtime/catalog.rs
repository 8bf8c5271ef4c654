//! Several components together.

use flyte_host::component::{UnknownTask, feed_parameter};
use flyte_host::run::Failure;
use flyte_host::{Host, HostError, LoadError};
use flyte_host_artifacts::{
    DATACLASSES_AND_STRUCTURES, FANOUT, LIAR, PIPELINE_READINGS, PIPELINE_REPORT, POLICIES,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_one_component_invokes_a_task_of_another() {
    let host = Host::builder().load(PIPELINE_READINGS).load(PIPELINE_REPORT).build().await.unwrap();
    let readings = host.run("parse", r#"{"text":"oslo,14\nnairobi,77"}"#).await.unwrap();
    let report = host.run("report.summarize", format!(r#"{{"readings":{readings}}}"#)).await.unwrap();
    assert_eq!(report.as_str(), r#"{"warmest":"nairobi","mean":7.5,"readings":2}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_other_component_the_task_is_unknown() {
    let host = Host::builder().load(PIPELINE_REPORT).build().await.unwrap();
    let inputs = r#"{"readings":[{"station":"oslo","fahrenheit":14}]}"#;
    let failure = host.run("summarize", inputs).await.unwrap_err();
    assert!(failure.to_string().contains("unknown task `readings.celsius`"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tasks_of_one_name_are_an_error_that_names_both_files() {
    let copy = tempfile::Builder::new().suffix(".wasm").tempfile().unwrap();
    std::fs::copy(FANOUT, copy.path()).unwrap();
    let error = Host::builder().load(FANOUT).load(copy.path()).build().await.err().unwrap();
    let HostError::Load(LoadError::Clash(clash)) = error else { panic!("{error}") };
    assert_eq!(clash.task, "double");
    assert_eq!((clash.first.as_path(), clash.second.as_path()), (FANOUT.as_ref(), copy.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_go_by_their_name_or_with_their_environment() {
    let host = Host::builder().load(POLICIES).build().await.unwrap();
    for name in ["where_am_i", "policies.where_am_i"] {
        assert_eq!(host.catalog().task(name).unwrap().qualified_name(), "policies.where_am_i");
    }
    let error = host.catalog().task("wher_am_i").unwrap_err();
    let UnknownTask::None { nearest, .. } = error else { panic!("{error}") };
    assert_eq!(nearest.as_deref(), Some("where_am_i"));
    assert!(matches!(host.run("wher_am_i", "{}").await, Err(Failure::UnknownTask(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_is_typed_before_it_runs() {
    let host = Host::builder().load(DATACLASSES_AND_STRUCTURES).load(LIAR).build().await.unwrap();
    let task = |name: &str| host.catalog().task(name).unwrap().clone();
    let (batch, summarize, predict) = (task("process_batch"), task("summarize_results"), task("predict_one"));
    assert_eq!(feed_parameter(&batch, &summarize, &[]).unwrap().name, "summary");
    let error = feed_parameter(&predict, &summarize, &[]).unwrap_err();
    assert!(error.candidates.is_empty());
    assert!(error.refused[0].starts_with("summary: "), "{error}");
    let error = feed_parameter(&batch, &summarize, &["summary"]).unwrap_err();
    assert!(error.to_string().contains("no parameter left"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_component_of_tasks_is_refused_by_what_it_is() {
    let component_of = |version: &str| {
        format!(r#"(component (instance $i) (export "flyte:task/task-set@{version}" (instance $i)))"#)
    };
    for (bytes, expected) in [
        (b"hello there".to_vec(), r#"is not a WebAssembly file (it starts with "hello there")"#.to_owned()),
        (Vec::new(), "is not a WebAssembly file (it starts with nothing: it is empty)".to_owned()),
        (wat::parse_str("(module)").unwrap(), "is a core module, not a component".to_owned()),
        (wat::parse_str("(component)").unwrap(), "(it exports nothing)".to_owned()),
        (
            wat::parse_str(component_of("9.9.9")).unwrap(),
            "was built for version 9.9.9 of the task contract (`flyte:task`), and this host knows version 0.1.0"
                .to_owned(),
        ),
        (std::fs::read(FANOUT).unwrap()[..5000].to_vec(), "is not a valid component".to_owned()),
        (wat::parse_str(component_of("0.1.0")).unwrap(), "cannot be linked".to_owned()),
    ] {
        let error = Host::builder().load_bytes("guest.wasm", bytes).build().await.err().unwrap().to_string();
        assert!(error.starts_with("guest.wasm ") && error.contains(&expected), "{error}");
    }
}
