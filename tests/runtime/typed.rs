//! A component that knows nothing of this host: each of its functions is a task, with the types it has in WIT.

use std::time::Duration;

use flyte_host::component::UnknownTask;
use flyte_host::record::Json;
use flyte_host::run::{Failure, Limit, Limits, LogStream, RunEvent};
use flyte_host::{Host, HostError, LoadError, PoolSize};
use flyte_host_artifacts::TYPED;

use crate::support::{events_of, host, run};

const EVERYTHING: &str = concat!(
    r#"{"yes":true,"tiny":255,"small":-32768,"medium":4294967295,"large":-9223372036854775808,"#,
    r#""huge":18446744073709551615,"single":0.1,"double":1e-7,"letter":"ä","text":"a \"b\"\n","bytes":"AAH/","#,
    r#""points":[{"x":1.0,"y_axis":2.5}],"pair":["a",7],"color":"dark-red","permissions":["read","run-as-root"],"#,
    r#""shape":{"polygon":[{"x":0.0,"y_axis":-0.0}]},"maybe":3,"twice":{"some":null},"outcome":{"error":"why"},"#,
    r#""done":"ok","half":{"error":"blue"}}"#
);

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_back_as_it_went_in() {
    let output = run(TYPED, "echo", &format!(r#"{{"value":{EVERYTHING}}}"#)).await.unwrap();
    assert_eq!(output, EVERYTHING);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_have_the_documented_form() {
    let host = host(TYPED).await;
    for (task, inputs, output) in [
        ("echo_color", r#"{"color":"red"}"#, r#""red""#),
        ("echo_shape", r#"{"shape":"none"}"#, r#""none""#),
        ("echo_shape", r#"{"shape":{"circle":2}}"#, r#"{"circle":2.0}"#),
        ("echo_shape", r#"{"shape":{"named":null}}"#, r#"{"named":null}"#),
        ("echo_twice", r#"{}"#, "null"),
        ("echo_twice", r#"{"twice":null}"#, "null"),
        ("echo_twice", r#"{"twice":{"some":null}}"#, r#"{"some":null}"#),
        ("echo_twice", r#"{"twice":{"some":7}}"#, r#"{"some":7}"#),
        ("echo_single", r#"{"single":16777217}"#, "16777216.0"),
        ("nothing", "{}", "null"),
        ("divide", r#"{"dividend":7,"divisor":2}"#, "3"),
        ("echo_names", r#"{"of":{"a":2,"b":1}}"#, r#"{"a":2,"b":1}"#),
        ("echo_numbers", r#"{"of":[[1,"b"],[2,"a"]]}"#, r#"[[1,"b"],[2,"a"]]"#),
        ("pick", r#"{"index":0}"#, r#""dark-red""#),
        ("check", r#"{"fine":true}"#, "null"),
        ("later", r#"{"number":5}"#, "5"),
        ("sum_all", r#"{"numbers":[9007199254740993,1]}"#, "9007199254740994"),
        ("sum_all", r#"{"numbers":[1],"start_with":41}"#, "42"),
        ("plain", "{}", r#""plain""#),
        // As WIT has it, and with the interface.
        ("sum-all", r#"{"numbers":[]}"#, "0"),
        ("values.echo-color", r#"{"color":"blue"}"#, r#""blue""#),
        ("values.echo_color", r#"{"color":"blue"}"#, r#""blue""#),
    ] {
        let given = host.run(task, inputs).await;
        assert_eq!(given.as_ref().unwrap().as_str(), output, "{task} {inputs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_type_cannot_hold_is_refused_with_its_path() {
    let host = host(TYPED).await;
    for (task, inputs, expected) in [
        (
            "echo_color",
            r#"{"color":"green"}"#,
            "color: the string \"green\" is not one of `red`, `dark-red`, `blue`",
        ),
        ("echo_color", r#"{"colour":"red"}"#, "colour: unknown parameter"),
        ("echo_shape", r#"{"shape":{"circle":1,"named":null}}"#, "shape"),
        ("echo_shape", r#"{"shape":{"polygon":[{"x":1}]}}"#, "shape.polygon[0].y_axis: missing"),
        ("divide", r#"{"dividend":2147483648,"divisor":1}"#, "dividend: 2147483648 is out of range"),
        ("divide", r#"{"dividend":1.5,"divisor":1}"#, "dividend: expected an integer"),
        ("echo_single", r#"{"single":1e39}"#, "single: 1e39 is out of range"),
        ("echo_single", r#"{}"#, "single: missing"),
        ("echo_twice", r#"{"twice":7}"#, "twice"),
    ] {
        let failure = host.run(task, inputs).await.expect_err(inputs);
        let Failure::InvalidInput(error) = &failure else { panic!("{task} {inputs}: {failure:?}") };
        assert!(error.to_string().contains(expected), "{task} {inputs}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_of_a_result_is_the_tasks_error() {
    let host = host(TYPED).await;
    for (task, inputs, message, details) in [
        ("divide", r#"{"dividend":7,"divisor":0}"#, "7 cannot be divided by 0", None),
        ("pick", r#"{"index":1}"#, "none", Some(r#""none""#)),
        ("pick", r#"{"index":2}"#, r#"{"circle":2.0}"#, Some(r#"{"circle":2.0}"#)),
        ("check", r#"{"fine":false}"#, "the function returned an error", None),
    ] {
        let failure = host.run(task, inputs).await.expect_err(inputs);
        let Failure::Task(error) = &failure else { panic!("{task} {inputs}: {failure:?}") };
        assert_eq!((error.message.as_str(), error.details.as_ref().map(Json::as_str)), (message, details));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nan_is_an_invalid_output() {
    let failure = run(TYPED, "nan", "{}").await.unwrap_err();
    assert!(matches!(&failure, Failure::InvalidOutput(why) if why == "JSON has no NaN"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_hold() {
    let limits = Limits { max_runtime: Some(Duration::from_millis(50)), max_memory: 16 << 20, ..Limits::default() };
    let host = Host::builder().pool(PoolSize { instances: 8 }).load(TYPED).limits(limits).build().await.unwrap();
    let failure = host.run("spin", "{}").await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::MaxRuntime(_))), "{failure:?}");
    let failure = host.run("allocate", r#"{"mebibytes":64}"#).await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Memory { .. })), "{failure:?}");
    assert_eq!(host.run("allocate", r#"{"mebibytes":2}"#).await.unwrap().as_str(), "2");
    let failure = host.run("crash", r#"{"message":"x"}"#).await.unwrap_err();
    assert!(matches!(failure, Failure::Trap(_)), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_would_take_much_more_memory_than_their_text_are_refused() {
    let limits = Limits { max_input: 1 << 20, max_output: 1 << 20, ..Limits::default() };
    let host = Host::builder().pool(PoolSize { instances: 8 }).load(TYPED).limits(limits).build().await.unwrap();
    let numbers = |count: usize| format!(r#"{{"numbers":[1{}]}}"#, ",1".repeat(count - 1));
    assert_eq!(host.run("sum_all", numbers(10_000)).await.unwrap().as_str(), "10000");
    let failure = host.run("sum_all", numbers(400_000)).await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Transfer(_))), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_prints_is_logged() {
    let (outcome, events) = events_of(&host(TYPED).await, "print", r#"{"line":"hello"}"#).await;
    outcome.result.unwrap();
    let lines = events.into_iter().filter_map(|event| match event {
        RunEvent::Log { stream: LogStream::Stdout, line, .. } => Some(line),
        _ => None,
    });
    assert_eq!(lines.collect::<Vec<_>>(), ["hello"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_with_a_handle_or_a_stream_is_told_to_be_none_and_why() {
    let host = host(TYPED).await;
    let mut unavailable: Vec<_> = host.catalog().unavailable().map(|one| (&*one.name, &*one.reason)).collect();
    unavailable.sort_unstable();
    assert_eq!(
        unavailable,
        [
            ("handles.[constructor]ticket", "it belongs to a resource, and JSON has no handles"),
            ("handles.[method]ticket.name", "it belongs to a resource, and JSON has no handles"),
            ("handles.flow", "its result has a stream, which has no JSON"),
            ("handles.issue", "its result has a handle, which has no JSON"),
            ("handles.promise", "its result has a future, which has no JSON"),
        ]
    );
    let failure = host.run("issue", r#"{"name":"x"}"#).await.unwrap_err();
    let Failure::UnknownTask(UnknownTask::Unavailable { name, .. }) = &failure else { panic!("{failure:?}") };
    assert_eq!(name, "handles.issue");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_have_their_types_schemas_and_their_interface_as_environment() {
    let host = host(TYPED).await;
    let signature = |name: &str| host.catalog().task(name).unwrap().signature();
    assert_eq!(
        signature("sum_all"),
        "sum_all(numbers: list of integer (int64), start_with: integer (int64) or null = …) -> integer (int64)"
    );
    assert_eq!(host.catalog().task("echo_color").unwrap().environment(), Some("values"));
    assert_eq!(host.catalog().task("sum_all").unwrap().environment(), None);
    let color = host.catalog().task("echo_color").unwrap().output().text().to_owned();
    assert_eq!(color, r#"{"type":"string","enum":["red","dark-red","blue"]}"#);
}

/// A component as text, loaded.
async fn load(text: String) -> Result<Host, HostError> {
    let bytes = wat::parse_str(text).unwrap();
    Host::builder().pool(PoolSize { instances: 8 }).load_bytes("text.wasm", bytes).build().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_with_too_many_functions_is_refused() {
    let exports: String = (0..10_001).map(|n| format!("(export \"f{n}\" (func $f))")).collect();
    let error = load(format!(
        r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            {exports})"#
    ));
    let error = error.await.unwrap_err();
    let HostError::Load(LoadError::Describe { source, .. }) = &error else { panic!("{error:?}") };
    assert_eq!(source.to_string(), "description: more than 10000 functions");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_left_out_take_room_too() {
    let fields: String = (0..2_000).map(|n| format!("(field \"f{n}\" (option u8))")).collect();
    let host = load(format!(
        r#"(component
            (core module $m
                (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
                (func (export "f") (param i32 i32)))
            (core instance $i (instantiate $m))
            (type $record (record {fields}))
            (export $named "all" (type $record))
            (func (export "take") (param "of" (list $named))
                (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#
    ));
    let many = format!(r#"{{"of":[{{}}{}]}}"#, ",{}".repeat(50_000));
    let failure = host.await.unwrap().run("take", many).await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Transfer(_))), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_wasi_defines_are_no_tasks() {
    const TEXT: &str = r#"(component (instance $run) (export "wasi:cli/run@0.2.0" (instance $run)))"#;
    let error = load(TEXT.to_owned()).await.unwrap_err();
    assert!(error.to_string().contains("(it exports wasi:cli/run@0.2.0)"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_taken_is_refused_before_there_is_an_instance() {
    let limits = Limits { max_input: 1 << 20, max_output: 1 << 20, ..Limits::default() };
    let text = r#"(component
        (core module $m
            (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
            (func (export "f") (param i32 i32))
            (func $start unreachable)
            (start $start))
        (core instance $i (instantiate $m))
        (func (export "take") (param "of" (list u16))
            (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#;
    let bytes = wat::parse_str(text).unwrap();
    let host = Host::builder().pool(PoolSize { instances: 8 }).load_bytes("text.wasm", bytes).limits(limits);
    let host = host.build().await.unwrap();
    let failure = host.run("take", r#"{"of":[1]}"#).await.unwrap_err();
    assert!(matches!(failure, Failure::Trap(_)), "{failure:?}");
    let failure = host.run("take", format!(r#"{{"of":[1{}]}}"#, ",1".repeat(400_000))).await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Transfer(_))), "{failure:?}");
}
