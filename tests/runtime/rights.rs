//! Declared ∩ granted ∩ the parent's; and granted secrets, which nobody is told.

use std::path::Path;
use std::sync::{Arc, Mutex};

use flyte_host::component::{Manifest, Task};
use flyte_host::rights::{Capability, Grants, GuestPath, NetTarget};
use flyte_host::run::{ActionId, Failure, RunEvent, RunOutcome, RunTree, TaskErrorKind};
use flyte_host::{Host, HostError, RunRequest};
use flyte_host_artifacts::{LOGS, RIGHTS};

use crate::support::host;

/// Longer than what a message quotes of a value.
const SECRET: &str = "correct-horse-battery-staple-0123456789-abcdefghij";

fn token() -> Grants {
    Grants::new().secret("TOKEN", SECRET)
}

async fn granted(grants: Grants, task: &str, inputs: &str) -> (RunOutcome, Arc<RunTree>) {
    let tree = Arc::new(RunTree::default());
    let request = RunRequest::new(task, inputs).grant(grants.open().unwrap()).watch(tree.clone());
    (host(RIGHTS).await.start(request).outcome().await, tree)
}

async fn output(grants: Grants, task: &str) -> String {
    granted(grants, task, "{}").await.0.result.unwrap().as_str().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attribute_declares_rights_for_a_task_and_for_all_of_them() {
    let host = host(RIGHTS).await;
    let declared = |name: &str| {
        let task = host.catalog().task(name).unwrap();
        let text = |right: &flyte_host::rights::Right| {
            format!("{}{}", right.capability, if right.optional { "?" } else { "" })
        };
        task.rights().iter().map(text).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(declared("takes"), "env LEVEL?");
    assert_eq!(
        declared("needs_all"),
        "read /data, write /out, env TOKEN, net api.example.com:443, net *:8443, env REGION?, read /models?, env LEVEL?"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_right_that_it_needs_a_task_is_not_started() {
    let (outcome, tree) = granted(Grants::new(), "needs_token", "{}").await;
    let Err(Failure::Denied(denial)) = outcome.result else { panic!("{outcome:?}") };
    assert_eq!(denial.capability, Capability::env("TOKEN").unwrap());
    assert_eq!(denial.to_string(), "env TOKEN: it is not granted");
    assert!(tree.action(ActionId::ROOT).unwrap().attempts.is_empty());
    assert_eq!(outcome.stats.attempts, 0);
    assert_eq!(output(token(), "needs_token").await, format!("{SECRET:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_right_that_is_needed_has_to_be_there_and_the_optional_ones_need_not() {
    let path = |text: &str| GuestPath::parse(text).unwrap();
    let net = |text: &str| NetTarget::parse(text).unwrap();
    let here = std::env::temp_dir();
    let mut grants = Grants::new();
    for (missing, next) in [
        ("read /data", Grants::new().read(&here, path("/data"))),
        ("write /out", Grants::new().read(&here, path("/data")).read(&here, path("/out"))),
        ("write /out", Grants::new().read(&here, path("/data")).write(&here, path("/out"))),
        ("env TOKEN", token().read(&here, path("/data")).write(&here, path("/out"))),
    ] {
        let (outcome, _) = granted(grants, "needs_all", r#"{"name":"x"}"#).await;
        let Err(Failure::Denied(denial)) = outcome.result else { panic!("{missing}: {outcome:?}") };
        assert_eq!(denial.to_string(), format!("{missing}: it is not granted"));
        grants = next;
    }
    let all = grants.net(net("api.example.com")).net(net("10.0.0.7:8443"));
    let (outcome, _) = granted(all.clone(), "needs_all", r#"{"name":"x"}"#).await;
    assert_eq!(outcome.result.unwrap().as_str(), "\"x\"");
    // The rights come before the inputs: who may not run a task learns nothing of it.
    let (outcome, _) = granted(Grants::new(), "needs_all", "{}").await;
    assert!(matches!(outcome.result, Err(Failure::Denied(_))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_is_there_where_it_is_declared_and_granted() {
    let grants = || token().env("REGION", "north").env("LEVEL", "3").env("HOME", "/root");
    assert_eq!(output(Grants::new(), "variables").await, "{}");
    assert_eq!(output(Grants::new().env("REGION", "north"), "variables").await, r#"{"REGION":"north"}"#);
    let all = format!(r#"{{"LEVEL":"3","REGION":"north","TOKEN":"{SECRET}"}}"#);
    assert_eq!(output(grants(), "variables").await, all);
    assert_eq!(output(grants(), "undeclared_variables").await, r#"{"LEVEL":"3"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_has_no_more_than_its_parent() {
    let grants = || token().env("REGION", "north").env("LEVEL", "3");
    // All of them have the component's variable.
    let with_token = format!(r#"{{"LEVEL":"3","TOKEN":"{SECRET}"}}"#);
    assert_eq!(output(grants(), "passes_on").await, with_token);
    assert_eq!(output(grants(), "keeps_nothing").await, r#"{"LEVEL":"3"}"#);
    assert_eq!(output(grants(), "through_one_without").await, r#"{"LEVEL":"3"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_child_is_told_apart_and_who_withholds_is_named() {
    let denied = |by: &str| format!("\"denied: env TOKEN: {by}\"");
    assert_eq!(output(token(), "asks_too_much").await, denied("its parent a0 does not have it"));
    assert_eq!(output(Grants::new(), "asks_too_much").await, denied("it is not granted"));
    let (outcome, tree) = granted(token(), "asks_too_much_below", "{}").await;
    assert_eq!(outcome.result.unwrap().as_str(), denied("its parent a1 does not have it"));
    let refused = &tree.actions()[2];
    let failure = refused.failure.as_deref().unwrap();
    assert_eq!((&*refused.task, failure.kind()), ("needs_token", TaskErrorKind::Denied));
    assert!(refused.attempts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_taken_from_the_cache_only_where_the_rights_are_the_same() {
    let run = async |grants: Grants| granted(grants, "cached", "{}").await.0;
    let without = run(Grants::new()).await;
    let with = run(token()).await;
    assert!(without.result.as_ref().unwrap().as_str().starts_with("\"false"));
    assert!(with.result.as_ref().unwrap().as_str().starts_with("\"true"));
    // What the task does not declare does not matter to it.
    let again = run(token().env("REGION", "north")).await;
    assert_eq!((again.stats.cached, again.result.unwrap()), (1, with.result.unwrap()));
    let other = run(Grants::new().secret("TOKEN", "another-secret")).await;
    assert_eq!(other.stats.cached, 0, "another value may lead to another result");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_secret_is_in_nothing_that_is_told() {
    for (way, told_as) in [
        ("stdout", "the token is ***."),
        ("stdout in parts", "line: \"***\""),
        ("a long line", "xxx"),
        ("stderr", "line: \"***\""),
        ("progress", "with ***"),
        ("error", "*** was refused"),
        ("cause", "with ***"),
        ("details", r#"{\"token\":\"***\"}"#),
        ("panic", "no luck with ***"),
        ("task", "unknown task `***`"),
        ("group", "Some(\"***\")"),
        ("input", "number: expected an integer, got the string \\\"***\\\""),
        ("field", "***"),
        ("child", "got ***"),
    ] {
        let events = Arc::new(Mutex::new(String::new()));
        let sink = {
            let events = Arc::clone(&events);
            move |event: &RunEvent| *events.lock().unwrap() += &format!("{event:?}\n")
        };
        let request = RunRequest::new("tells", format!(r#"{{"way":"{way}"}}"#));
        let request = request.grant(token().open().unwrap()).watch(Arc::new(sink));
        let outcome = host(RIGHTS).await.start(request).outcome().await;
        let told = format!("{}{outcome:?}", events.lock().unwrap());
        assert!(told.contains(told_as), "{way}: {told}");
        // Nor is a half of it.
        assert!(!told.contains(&SECRET[..16]) && !told.contains(&SECRET[SECRET.len() - 16..]), "{way}: {told}");
    }
}

/// The component with a custom section at its end.
fn with_section(component: &str, name: &str, content: &str) -> Vec<u8> {
    let leb128 = |mut value: usize| {
        let mut bytes = Vec::new();
        loop {
            let low = u8::try_from(value & 0x7f).unwrap();
            value >>= 7;
            bytes.push(if value == 0 { low } else { low | 0x80 });
            if value == 0 {
                return bytes;
            }
        }
    };
    let mut section = leb128(name.len());
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(content.as_bytes());
    let mut bytes = std::fs::read(component).unwrap();
    bytes.push(0);
    bytes.extend_from_slice(&leb128(section.len()));
    bytes.extend_from_slice(&section);
    bytes
}

async fn loaded(component: Vec<u8>) -> Result<Host, HostError> {
    Host::builder().load_bytes("guest.wasm", component).build().await
}

fn capabilities(task: &Task) -> Vec<String> {
    task.rights().iter().map(|right| right.capability.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_of_the_component_declares_rights_too() {
    let manifest = r#"{"rights": [{"read": "/data"}], "tasks": {"speaks": [{"env": "TOKEN", "optional": true}]}}"#;
    let host = loaded(with_section(LOGS, "flyte:rights", manifest)).await.unwrap();
    let task = |name: &str| capabilities(host.catalog().task(name).unwrap());
    assert_eq!(task("speaks"), ["env TOKEN", "read /data"]);
    assert_eq!(task("advances"), ["read /data"]);
    let failure = host.run("advances", "{}").await.unwrap_err();
    assert_eq!(failure.to_string(), "denied: read /data: it is not granted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_twice_is_there_once_and_needed_where_one_says_so() {
    let manifest = r#"{"tasks": {"variables": [{"env": "TOKEN"}]}}"#;
    let host = loaded(with_section(RIGHTS, "flyte:rights", manifest)).await.unwrap();
    let task = host.catalog().task("variables").unwrap();
    assert_eq!(capabilities(task), ["env TOKEN", "env REGION", "env LEVEL"]);
    assert!(!task.rights()[0].optional && task.rights()[1].optional);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_cannot_be_used_keeps_the_component_from_being_loaded() {
    let twice = {
        let once = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(once.path(), with_section(LOGS, "flyte:rights", "{}")).unwrap();
        with_section(once.path().to_str().unwrap(), "flyte:rights", "{}")
    };
    for (bytes, expected) in [
        (with_section(LOGS, "flyte:rights", "rights"), "malformed JSON"),
        (with_section(LOGS, "flyte:rights", r#"{"rigths": []}"#), "rigths: unknown field; did you mean `rights`?"),
        (with_section(LOGS, "flyte:rights", r#"{"rights": [{"env": "A=1"}]}"#), "rights[0]: `A=1` is no name"),
        (with_section(LOGS, "flyte:rights", r#"{"tasks": {"speak": []}}"#), "the component has no task `speak`"),
        (with_section(LOGS, "flyte:rights", &" ".repeat(70_000)), "it has 70000 bytes, and may have 65536"),
        (twice, "it is there twice"),
    ] {
        let error = loaded(bytes).await.err().unwrap().to_string();
        let headline = "guest.wasm has a section `flyte:rights` that cannot be used: ";
        assert!(error.starts_with(headline) && error.contains(expected), "{error}");
    }
    // A section by any other name is nobody's business.
    loaded(with_section(LOGS, "flyte:right", "rights")).await.unwrap();
}

/// The attribute of the SDK reads the same lines: what it takes, the host takes.
#[test]
fn the_host_and_the_attribute_agree_on_what_can_be_declared() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/support/rights.txt");
    let cases = std::fs::read_to_string(cases).unwrap();
    for line in cases.lines().filter(|line| !line.starts_with('#')) {
        let (verdict, rest) = line.split_once(' ').unwrap();
        let (kind, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        let kind = if kind == "path" { "read" } else { kind };
        let manifest = serde_json::json!({ "rights": [{ kind: argument }] }).to_string();
        assert_eq!(Manifest::parse(manifest.as_bytes()).is_ok(), verdict == "good", "{line}");
    }
}
