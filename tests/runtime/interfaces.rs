//! Which task is what a component imports.

use flyte_host::run::Failure;
use flyte_host::{HostError, LoadError};
use flyte_host_artifacts::POLICIES;

use crate::text::{Function, builder, caller, exporter, importer, load, number, refusal, with_section};

const ONE: &str = "(result i32) (i32.const 1)";
const TWO: &str = "(result i32) (i32.const 2)";

#[tokio::test(flavor = "multi_thread")]
async fn interfaces_of_one_name_in_several_packages_are_told_apart() {
    let a = ("a.wasm", exporter("acme:one/values@1.0.0", number(ONE)));
    let b = ("b.wasm", exporter("acme:two/values@1.0.0", number(TWO)));
    let caller = ("caller.wasm", caller(&["acme:two/values@1.0.0", "acme:one/values@1.0.0"], "f"));
    for components in [[a.clone(), b.clone(), caller.clone()], [caller, b, a]] {
        let host = load(&components).await;
        assert_eq!(host.run("call0", "{}").await.unwrap().as_str(), "2");
        assert_eq!(host.run("call1", "{}").await.unwrap().as_str(), "1");
        // And so are their tasks.
        assert_eq!(host.run("one-values.f", "{}").await.unwrap().as_str(), "1");
        assert_eq!(host.run("two-values.f", "{}").await.unwrap().as_str(), "2");
        assert!(matches!(host.run("values.f", "{}").await, Err(Failure::UnknownTask(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_namespaces_tell_interfaces_apart_too() {
    let components = [
        ("a.wasm", exporter("acme:p/values@1.0.0", number(ONE))),
        ("b.wasm", exporter("acme:p/values@2.0.0", number(TWO))),
        ("c.wasm", exporter("other:p/values@1.0.0", number("(result i32) (i32.const 3)"))),
        ("caller.wasm", caller(&["acme:p/values@2.0.0", "acme:p/values@1.0.0", "other:p/values@1.0.0"], "f")),
    ];
    let host = load(&components).await;
    for (task, output) in [("call0", "2"), ("call1", "1"), ("call2", "3"), ("acme-p-values-2-0-0.f", "2")] {
        assert_eq!(host.run(task, "{}").await.unwrap().as_str(), output, "{task}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_minor_version_is_taken_and_the_very_version_is_preferred() {
    let newer = ("newer.wasm", exporter("acme:p/values@1.3.0", number(TWO)));
    let host = load(&[newer.clone(), ("caller.wasm", caller(&["acme:p/values@1.2.0"], "f"))]).await;
    assert_eq!(host.run("call0", "{}").await.unwrap().as_str(), "2");
    let same = ("same.wasm", exporter("acme:p/values@1.2.0", number(ONE)));
    let host = load(&[newer.clone(), same.clone(), ("caller.wasm", caller(&["acme:p/values@1.2.0"], "f"))]).await;
    assert_eq!(host.run("call0", "{}").await.unwrap().as_str(), "1");
    let (reason, is_loaded) = refusal(&[newer, same, ("caller.wasm", caller(&["acme:p/values@1.1.0"], "f"))]).await;
    assert_eq!(
        reason,
        "several can be: `acme:p/values@1.3.0#f` of newer.wasm, `acme:p/values@1.2.0#f` of same.wasm"
    );
    assert!(is_loaded);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_loaded_of_the_same_name_is_told_with_what_is_different() {
    for (given, label, expected) in [
        (
            "acme:p/values@1.1.0",
            "f",
            "`values` of a.wasm is `acme:p/values@1.1.0`, and that version is not compatible",
        ),
        (
            "acme:p/values@2.2.0",
            "f",
            "`values` of a.wasm is `acme:p/values@2.2.0`, and that version is not compatible",
        ),
        ("acme:p/values", "f", "`values` of a.wasm is `acme:p/values`, and that version is not compatible"),
        ("acme:q/values@1.2.0", "f", "`values` of a.wasm is `acme:q/values@1.2.0`, of another package"),
        ("values", "f", "`values` of a.wasm is `values`, of another package"),
        ("acme:p/values@1.2.0", "g", "`values` of a.wasm has no function `g`"),
        ("acme:p/other@1.2.0", "f", "unknown task `values.f`; the tasks are f"),
    ] {
        let (reason, is_loaded) = refusal(&[
            ("a.wasm", exporter(given, number(ONE))),
            ("importer.wasm", importer("acme:p/values@1.2.0", Function { label, ..number("") })),
        ])
        .await;
        assert_eq!((&*reason, is_loaded), (expected, false), "{given}");
    }
}

/// A component that exports `acme:one/values` and `acme:two/values`, with an `f` in each: in the second, of this type.
fn both(second: &str) -> String {
    format!(
        r#"(component
            (core module $m (func (export "f") (result i32) (i32.const 1)))
            (core instance $i (instantiate $m))
            (func $one (result u32) (canon lift (core func $i "f")))
            (func $two {second} (canon lift (core func $i "f")))
            (instance $one (export "f" (func $one)))
            (instance $two (export "f" (func $two)))
            (export "acme:one/values" (instance $one))
            (export "acme:two/values" (instance $two)))"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_there_and_can_not_be_a_task_is_told_with_why() {
    let components =
        [("a.wasm", both("(result (stream u8))")), ("importer.wasm", importer("acme:two/values", number("")))];
    let expected = "`two-values.f` can't be a task: its result has a stream, which has no JSON";
    assert_eq!(refusal(&components).await, (expected.to_owned(), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_an_interface_is_not_said_of_another_one_of_its_name() {
    let docs = r#"{"interfaces":{"values":{"funcs":{"f":"Gives one."}}}}"#;
    let said = async |text: &str, task: &str| {
        let host = load(&[("a.wasm", with_section(text, "package-docs", &format!("\\01{docs}")))]).await;
        host.catalog().task(task).unwrap().doc().to_owned()
    };
    assert_eq!(said(&exporter("acme:one/values", number(ONE)), "f").await, "Gives one.");
    assert_eq!(said(&both("(result u32)"), "one-values.f").await, "");
    assert_eq!(said(&both("(result u32)"), "two-values.f").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_components_with_the_very_same_function_are_refused() {
    let components =
        [("a.wasm", exporter("acme:p/values", number(ONE))), ("b.wasm", exporter("acme:p/values", number(TWO)))];
    let error = builder(&components).build().await.unwrap_err();
    assert!(matches!(error, HostError::Load(LoadError::Clash(_))), "{error}");
    assert_eq!(error.to_string(), "two tasks are named `values.f`: one in a.wasm, one in b.wasm");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_has_no_package_is_found_by_the_interfaces_own_name() {
    let caller = [("caller.wasm", caller(&["acme:any/policies@3.0.0"], "permanent"))];
    let host = builder(&caller).load(POLICIES).build().await.unwrap();
    let failure = host.run("call0", "{}").await.unwrap_err();
    // It has an error, and the import has none.
    let Failure::Trap(trap) = &failure else { panic!("{failure:?}") };
    let expected =
        "the task `policies.permanent`, which is `acme:any/policies@3.0.0#permanent` here, failed: attempt 1";
    assert!(trap.message.contains(expected), "{}", trap.message);
}
