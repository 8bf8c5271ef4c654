//! What a Store holds for its one instance.

use wasmtime::component::{HasData, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::run::ActionScope;
use crate::sandbox::{SandboxLimits, StoreLimiter, deny_all};

/// The host's side of one instance.
pub(crate) struct StoreState {
    wasi: WasiCtx,
    pub(super) table: ResourceTable,
    pub(super) limiter: StoreLimiter,
    /// The attempt the instance runs; `None` while it describes its component.
    pub(super) scope: Option<ActionScope>,
    /// The panic that the guest announced before it trapped.
    pub(super) panic: Option<String>,
}

impl StoreState {
    pub(super) fn new(scope: Option<ActionScope>, limits: &SandboxLimits) -> Self {
        Self {
            wasi: deny_all(scope.as_ref()),
            table: ResourceTable::new(),
            limiter: StoreLimiter::new(limits),
            scope,
            panic: None,
        }
    }

    /// The attempt the instance runs.
    ///
    /// # Errors
    /// A trap where there is none: a component must not start actions while it describes itself.
    pub(super) fn scope(&self) -> wasmtime::Result<ActionScope> {
        self.scope.clone().ok_or_else(|| wasmtime::format_err!("`describe` may not use actions"))
    }
}

impl WasiView for StoreState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// Names [`StoreState`] as the data behind the concurrent imports.
pub(super) struct TaskImports;

impl HasData for TaskImports {
    type Data<'a> = &'a mut StoreState;
}
