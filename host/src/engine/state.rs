//! What a Store holds for its one instance.

use wasmtime::component::HasData;
use wasmtime_wasi::{WasiCtxView, WasiView};

use crate::run::{ActionScope, Limits};
use crate::sandbox::{Sandbox, SandboxView, StoreLimiter};

/// The host's side of one instance.
pub(crate) struct StoreState {
    pub(super) sandbox: Sandbox,
    pub(super) limiter: StoreLimiter,
    /// The panic that the guest announced before it trapped.
    pub(super) panic: Option<String>,
}

impl StoreState {
    pub(super) fn new(scope: Option<ActionScope>, limits: &Limits) -> Self {
        Self {
            sandbox: Sandbox::new(scope, limits.max_handles),
            limiter: StoreLimiter::new(limits.max_memory),
            panic: None,
        }
    }

    /// The attempt the instance runs.
    ///
    /// # Errors
    /// A trap where there is none: a component must not start actions while it describes itself.
    pub(super) fn scope(&self) -> wasmtime::Result<ActionScope> {
        let scope = self.sandbox.scope().cloned();
        scope.ok_or_else(|| wasmtime::format_err!("`describe` may not use actions"))
    }
}

impl Drop for StoreState {
    /// However the attempt ended, what it took is known.
    fn drop(&mut self) {
        if let Some(scope) = self.sandbox.scope() {
            scope.note_peak(self.limiter.peak());
        }
    }
}

impl WasiView for StoreState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.sandbox.view()
    }
}

impl SandboxView for StoreState {
    fn sandbox(&mut self) -> &mut Sandbox {
        &mut self.sandbox
    }
}

/// Names [`StoreState`] as the data behind the concurrent imports.
pub(super) struct TaskImports;

impl HasData for TaskImports {
    type Data<'a> = &'a mut StoreState;
}
