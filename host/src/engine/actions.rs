//! What a guest calls on the host: its context, and child actions.

use wasmtime::component::{Access, Accessor, Resource};

use crate::engine::bindings::{
    self, WitActionInfo, WitFanOut, WitInvokeOptions, WitTaskError, actions, blocking_actions, context, types,
};
use crate::engine::state::{StoreState, TaskImports};
use crate::engine::tenants::{Caller, caller};
use crate::record::Json;
use crate::run::{AbortCause, Callee, Child, Failure, FannedOut, LONGEST_LABEL, shortened};

/// The longest message of a panic, in bytes.
const LONGEST_PANIC: usize = 16 << 10;

/// A child action a guest has started and not yet waited for.
#[expect(unreachable_pub, reason = "the generated bindings export it again")]
pub struct PendingChild(Option<Child>);

fn answer(result: Result<Json, Failure>) -> Result<String, WitTaskError> {
    match result {
        Ok(output) => Ok(output.into()),
        Err(failure) => Err(bindings::error_for_parent(&failure)),
    }
}

fn aborted() -> Failure {
    Failure::Aborted(AbortCause::Parent)
}

impl types::Host for StoreState {}

impl actions::Host for StoreState {}

impl actions::HostWithStore<StoreState> for TaskImports {
    async fn invoke(
        accessor: &Accessor<StoreState, Self>,
        task: String,
        inputs: String,
        options: WitInvokeOptions,
    ) -> wasmtime::Result<Result<String, WitTaskError>> {
        Ok(answer(match accessor.with(|access| caller(access))? {
            Caller::Attempt(scope) => scope.invoke(Callee::Named(&task), inputs, options.into()).wait().await,
            Caller::Aborted => Err(aborted()),
        }))
    }

    async fn invoke_each(
        accessor: &Accessor<StoreState, Self>,
        task: String,
        inputs: Vec<String>,
        options: WitInvokeOptions,
        how: WitFanOut,
    ) -> wasmtime::Result<Vec<Result<String, WitTaskError>>> {
        let done = match accessor.with(|access| caller(access))? {
            Caller::Attempt(scope) => {
                // An answer for each of more than there can be would be of use to nobody.
                let (count, most) = (inputs.len(), scope.limits().max_pending);
                if count > most {
                    return Err(wasmtime::format_err!("a fan-out of {count} at once, where {most} may be pending"));
                }
                scope.invoke_each(&task, inputs, options.into(), how.into()).await
            }
            Caller::Aborted => FannedOut::failed(&aborted(), inputs.len()),
        };
        let FannedOut { results, .. } = done;
        Ok(results.into_iter().map(answer).collect())
    }
}

impl blocking_actions::Host for StoreState {}

impl blocking_actions::HostWithStore<StoreState> for TaskImports {
    fn start(
        mut access: Access<'_, StoreState, Self>,
        task: String,
        inputs: String,
        options: WitInvokeOptions,
    ) -> wasmtime::Result<Resource<PendingChild>> {
        let child = match caller(&mut access)? {
            Caller::Attempt(scope) => scope.invoke(Callee::Named(&task), inputs, options.into()),
            Caller::Aborted => Child::failed(aborted()),
        };
        Ok(access.get().sandbox.table.push(PendingChild(Some(child)))?)
    }
}

impl blocking_actions::HostPending for StoreState {
    async fn wait(&mut self, pending: Resource<PendingChild>) -> wasmtime::Result<Result<String, WitTaskError>> {
        let child = self.sandbox.table.get_mut(&pending)?.0.take();
        let child = child.ok_or_else(|| wasmtime::format_err!("a pending action can be waited for only once"))?;
        Ok(answer(child.wait().await))
    }

    fn drop(&mut self, pending: Resource<PendingChild>) -> wasmtime::Result<()> {
        self.sandbox.table.delete(pending)?;
        Ok(())
    }
}

impl context::HostWithStore<StoreState> for TaskImports {
    fn current(access: Access<'_, StoreState, Self>) -> wasmtime::Result<WitActionInfo> {
        match caller(access)? {
            Caller::Attempt(scope) => Ok(scope.info().into()),
            Caller::Aborted => Err(wasmtime::format_err!("the action was aborted")),
        }
    }

    fn progress(
        access: Access<'_, StoreState, Self>,
        message: String,
        fraction: Option<f64>,
    ) -> wasmtime::Result<()> {
        let fraction = fraction.filter(|f| f.is_finite()).map(|f| f.clamp(0.0, 1.0));
        if let Caller::Attempt(scope) = caller(access)? {
            scope.progress(message, fraction);
        }
        Ok(())
    }
}

impl context::Host for StoreState {
    fn panicking(&mut self, message: String, location: Option<String>) -> wasmtime::Result<()> {
        let told = |text: String, most: usize| match self.sandbox.scope() {
            Some(scope) => scope.told(text, most),
            None => shortened(text, most),
        };
        let message = told(message, LONGEST_PANIC);
        self.panic = Some(match location {
            Some(location) => format!("panicked at {}: {message}", told(location, LONGEST_LABEL)),
            None => format!("panicked: {message}"),
        });
        Ok(())
    }
}
