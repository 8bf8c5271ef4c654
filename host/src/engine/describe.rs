//! Asks a component for its tasks, in an instance that lives for this one call.

use crate::component::TaskSpec;
use crate::engine::bindings::TaskHostPre;
use crate::engine::state::StoreState;
use crate::engine::{LoadTerms, Runtime, trap};
use crate::run::{Failure, Limit};

/// The component's description of its tasks.
///
/// # Errors
/// A trap, or a limit: time, memory, the description's size.
pub(super) async fn describe(
    runtime: &Runtime,
    pre: &TaskHostPre<StoreState>,
    terms: &LoadTerms,
) -> Result<Vec<TaskSpec>, Failure> {
    let within = terms.load.describe_within;
    let mut store = runtime.store(None, &terms.sandbox, Some(within));
    // All that is lifted counts, and not as text only: some room beyond the texts.
    store.set_hostcall_fuel(terms.load.max_description);
    let call = async {
        let instance = pre.instantiate_async(&mut store).await?;
        instance.flyte_task_task_set().call_describe(&mut store).await
    };
    match tokio::time::timeout(within, call).await {
        Err(_) => Err(Failure::Limit(Limit::MaxRuntime(within))),
        Ok(Err(error)) => Err(match trap::classify(&error, store.data(), &terms.sandbox) {
            Failure::Limit(Limit::Transfer(_)) => {
                too_much(format!("it takes more than {} bytes", terms.load.max_description))
            }
            other => other,
        }),
        Ok(Ok(specs)) if specs.len() > terms.load.max_tasks => {
            Err(too_much(format!("{} tasks, more than {}", specs.len(), terms.load.max_tasks)))
        }
        Ok(Ok(specs)) => Ok(specs.into_iter().map(Into::into).collect()),
    }
}

fn too_much(what: String) -> Failure {
    Failure::Limit(Limit::Description(what))
}
