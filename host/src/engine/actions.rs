//! What a guest calls on the host: its context, and child actions.

use wasmtime::component::{Accessor, Resource};

use crate::engine::bindings::{
    self, WitActionInfo, WitFanOut, WitInvokeOptions, WitTaskError, actions, blocking_actions, context, types,
};
use crate::engine::state::{StoreState, TaskImports};
use crate::record::Json;
use crate::run::{Child, Failure, LONGEST_LABEL, shortened};

/// The longest message of a panic, in bytes.
const LONGEST_PANIC: usize = 16 << 10;

/// A child action a guest has started and not yet waited for.
#[expect(unreachable_pub, reason = "the generated bindings export it again")]
pub struct PendingChild(Option<Child>);

fn answer(result: Result<Json, Failure>) -> Result<String, WitTaskError> {
    match result {
        Ok(output) => Ok(output.as_str().to_owned()),
        Err(failure) => Err(bindings::error_for_parent(&failure)),
    }
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
        let scope = accessor.with(|mut access| access.get().scope())?;
        Ok(answer(scope.invoke(&task, inputs, options.into()).wait().await))
    }

    async fn invoke_each(
        accessor: &Accessor<StoreState, Self>,
        task: String,
        inputs: Vec<String>,
        options: WitInvokeOptions,
        how: WitFanOut,
    ) -> wasmtime::Result<Vec<Result<String, WitTaskError>>> {
        let scope = accessor.with(|mut access| access.get().scope())?;
        let results = scope.invoke_each(&task, inputs, options.into(), how.into()).await;
        Ok(results.into_iter().map(answer).collect())
    }
}

impl blocking_actions::Host for StoreState {
    fn start(
        &mut self,
        task: String,
        inputs: String,
        options: WitInvokeOptions,
    ) -> wasmtime::Result<Resource<PendingChild>> {
        let child = self.scope()?.invoke(&task, inputs, options.into());
        Ok(self.sandbox.table.push(PendingChild(Some(child)))?)
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

impl context::Host for StoreState {
    fn current(&mut self) -> wasmtime::Result<WitActionInfo> {
        Ok(self.scope()?.info().into())
    }

    fn progress(&mut self, message: String, fraction: Option<f64>) -> wasmtime::Result<()> {
        let fraction = fraction.filter(|f| f.is_finite()).map(|f| f.clamp(0.0, 1.0));
        self.scope()?.progress(message, fraction);
        Ok(())
    }

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
