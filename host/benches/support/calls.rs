//! Calls of one task, one after the other: on wasmtime alone, and by a host.

use flyte_host::Host;
use futures::future::BoxFuture;

use super::raw::Raw;

/// The measured component.
pub(crate) const COMPONENT: &str = flyte_host_artifacts::MEASURED;
/// A small task of it.
pub(crate) const TASK: &str = "predict_one";
/// The inputs of [`TASK`].
pub(crate) const INPUTS: &str = r#"{"request":{"feature_a":1,"feature_b":2}}"#;

/// So many fresh calls of [`TASK`] on wasmtime alone.
pub(crate) fn raw(raw: Raw) -> impl Fn(usize) -> BoxFuture<'static, ()> {
    move |n| {
        let raw = raw.clone();
        Box::pin(async move {
            for _ in 0..n {
                raw.fresh(TASK, INPUTS).await;
            }
        })
    }
}

/// So many runs of a small task.
pub(crate) fn host(host: Host, task: &'static str) -> impl Fn(usize) -> BoxFuture<'static, ()> {
    move |n| {
        let host = host.clone();
        Box::pin(async move {
            for _ in 0..n {
                host.run(task, INPUTS).await.unwrap();
            }
        })
    }
}
