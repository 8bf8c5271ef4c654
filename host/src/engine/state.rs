//! What a Store holds for its one instance.

use std::time::{Duration, Instant};

use wasmtime::component::{GuestTaskId, HasData};
use wasmtime_wasi::{WasiCtxView, WasiView};

use crate::engine::reuse::GRACE;
use crate::engine::tenants::Tenants;
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
    /// Who is there, where the instance runs several actions at once.
    pub(super) tenants: Option<Tenants>,
}

impl StoreState {
    /// For one attempt, or for several where it `stays`.
    pub(super) fn new(scope: Option<ActionScope>, limits: &Limits, stays: bool) -> Self {
        Self {
            sandbox: Sandbox::new(scope, limits.max_handles, stays),
            limiter: StoreLimiter::new(limits.max_memory),
            panic: None,
            ends: None,
            tenants: None,
        }
    }

    /// How long the guest may compute from now on.
    pub(super) fn compute_for(&mut self, within: Option<Duration>) {
        self.ends = end_of(within, Duration::ZERO);
    }

    /// Lets one of several attempts in, which the guest's `task` runs.
    pub(super) fn enter(&mut self, task: GuestTaskId, scope: ActionScope, within: Option<Duration>) {
        // Which of them computes is not known: first it is the attempt's own timer that ends it, alone.
        let ends = end_of(within, GRACE);
        if let Some(tenants) = &mut self.tenants {
            tenants.enter(task, scope.clone(), ends);
            self.ends = tenants.first_end();
        }
        self.sandbox.enter(scope);
    }

    /// Ends one of several attempts.
    pub(super) fn exit(&mut self, task: GuestTaskId) {
        self.lose(|tenants| tenants.leave(task));
    }

    /// Ends one of several attempts, whose task goes on.
    pub(super) fn abandon(&mut self, task: GuestTaskId) {
        self.lose(|tenants| tenants.abandon(task));
    }

    fn lose(&mut self, lose: impl FnOnce(&mut Tenants) -> Option<ActionScope>) {
        let Some(tenants) = &mut self.tenants else { return };
        let scope = lose(tenants);
        // Who announced it has not trapped.
        self.panic = None;
        let stays = tenants.any().cloned();
        self.ends = tenants.first_end();
        // What was printed meanwhile is told as the one's who came last.
        self.sandbox.leave();
        if let Some(stays) = stays {
            self.sandbox.enter(stays);
        }
        self.note_peak(scope.as_ref());
    }

    /// Ends the attempt, however it went: what it took and what it printed is known.
    pub(super) fn leave(&mut self) {
        let scope = self.sandbox.leave();
        self.note_peak(scope.as_ref());
    }

    fn note_peak(&self, scope: Option<&ActionScope>) {
        if let Some(scope) = scope {
            scope.note_peak(self.limiter.peak());
        }
    }
}

/// When what may take so long from now on ends, with some grace, and how long that was meant to be.
fn end_of(within: Option<Duration>, grace: Duration) -> Option<(Instant, Duration)> {
    let within = within?;
    Some((Instant::now().checked_add(within)?.checked_add(grace)?, within))
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
