//! Asks a component for its tasks, in an instance that lives for this one call.

use wasmtime::component::{ComponentExportIndex, InstancePre};

use crate::component::TaskSpec;
use crate::engine::load::{Describe, Run};
use crate::engine::state::StoreState;
use crate::engine::{LoadTerms, Runtime, trap};
use crate::run::{Failure, Limit};

/// Why there is no description.
pub(super) enum Undescribed {
    /// What the component exports has other types than the contract.
    Types(wasmtime::Error),
    /// A trap, or a limit: time, memory, the description's size.
    Failed(Failure),
}

/// The component's description of its tasks.
///
/// # Errors
/// [`Undescribed`]; also where it is `run` that has another type, which is then never called.
pub(super) async fn described(
    runtime: &Runtime,
    component: &InstancePre<StoreState>,
    (describe, run): (ComponentExportIndex, ComponentExportIndex),
    terms: &LoadTerms,
) -> Result<Vec<TaskSpec>, Undescribed> {
    let within = terms.load.describe_within;
    let mut state = StoreState::new(None, &terms.sandbox, false);
    state.compute_for(Some(within));
    let mut store = runtime.store(state, &terms.sandbox);
    // All that is lifted counts, and not as text only: some room beyond the texts.
    store.set_hostcall_fuel(terms.load.max_description);
    let mut types = Ok(());
    let call = async {
        let instance = component.instantiate_async(&mut store).await?;
        let run = instance.get_typed_func(&mut store, run).map(|_: Run| ());
        let describe = instance.get_typed_func(&mut store, describe);
        let describe: Describe = match run.and(describe) {
            Ok(describe) => describe,
            Err(error) => {
                types = Err(error);
                return Ok(Vec::new());
            }
        };
        describe.call_async(&mut store, ()).await.map(|(specs,)| specs)
    };
    let described = tokio::time::timeout(within, call).await;
    types.map_err(Undescribed::Types)?;
    let failure = match described {
        Err(_) => Failure::Limit(Limit::MaxRuntime(within)),
        Ok(Err(error)) => match trap::classify(&error, store.data(), &terms.sandbox) {
            Failure::Limit(Limit::Transfer(_)) => {
                too_much(format!("it takes more than {} bytes", terms.load.max_description))
            }
            other => other,
        },
        Ok(Ok(specs)) if specs.len() > terms.load.max_tasks => {
            too_much(format!("{} tasks, more than {}", specs.len(), terms.load.max_tasks))
        }
        Ok(Ok(specs)) => return Ok(specs.into_iter().map(Into::into).collect()),
    };
    Err(Undescribed::Failed(failure))
}

fn too_much(what: String) -> Failure {
    Failure::Limit(Limit::Description(what))
}
