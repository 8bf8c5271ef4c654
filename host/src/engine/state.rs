//! What a Store holds for its one instance.

use std::time::{Duration, Instant};

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
    /// Until when the guest may compute, and how long that was meant to be.
    pub(super) ends: Option<(Instant, Duration)>,
}

impl StoreState {
    /// For one attempt, or for several where it `stays`.
    pub(super) fn new(scope: Option<ActionScope>, limits: &Limits, stays: bool) -> Self {
        Self {
            sandbox: Sandbox::new(scope, limits.max_handles, stays),
            limiter: StoreLimiter::new(limits.max_memory),
            panic: None,
            ends: None,
        }
    }

    /// How long the guest may compute from now on.
    pub(super) fn compute_for(&mut self, within: Option<Duration>) {
        self.ends = within.and_then(|within| Some((Instant::now().checked_add(within)?, within)));
    }

    /// Ends the attempt, however it went: what it took and what it printed is known.
    pub(super) fn leave(&mut self) -> Option<ActionScope> {
        let scope = self.sandbox.leave()?;
        scope.note_peak(self.limiter.peak());
        Some(scope)
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
    /// An attempt that was cut short ends here.
    fn drop(&mut self) {
        self.leave();
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
