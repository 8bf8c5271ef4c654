//! Asks a component for its tasks, in an instance that lives for this one call.

use std::time::Duration;

use crate::component::TaskSpec;
use crate::engine::bindings::TaskHostPre;
use crate::engine::state::StoreState;
use crate::engine::{Runtime, trap};
use crate::run::{Failure, Limit};

/// The component's description of its tasks.
///
/// # Errors
/// A trap, or a limit: time or memory.
pub(super) async fn describe(
    runtime: &Runtime,
    pre: &TaskHostPre<StoreState>,
    within: Duration,
) -> Result<Vec<TaskSpec>, Failure> {
    let mut store = runtime.store(None, Some(within));
    let call = async {
        let instance = pre.instantiate_async(&mut store).await?;
        instance.flyte_task_task_set().call_describe(&mut store).await
    };
    match tokio::time::timeout(within, call).await {
        Err(_) => Err(Failure::Limit(Limit::MaxRuntime(within))),
        Ok(Err(error)) => Err(trap::classify(&error, store.data())),
        Ok(Ok(specs)) => Ok(specs.into_iter().map(Into::into).collect()),
    }
}
