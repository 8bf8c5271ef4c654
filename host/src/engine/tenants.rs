//! Who calls: which of the actions that an instance runs.

use std::time::{Duration, Instant};

use wasmtime::AsContextMut;
use wasmtime::component::GuestTaskId;

use crate::engine::state::StoreState;
use crate::run::ActionScope;

/// The actions that one instance runs at once, each with the guest's task that runs it.
#[derive(Default)]
pub(super) struct Tenants(Vec<Tenant>);

struct Tenant {
    task: GuestTaskId,
    /// `None` once the action was aborted.
    scope: Option<ActionScope>,
    /// Until when it may compute, and how long that was meant to be.
    ends: Option<(Instant, Duration)>,
}

/// Who calls an import.
pub(super) enum Caller {
    /// An attempt.
    Attempt(ActionScope),
    /// One that was aborted, in an instance that goes on for the sake of others.
    Aborted,
}

impl Tenants {
    pub(super) fn enter(&mut self, task: GuestTaskId, scope: ActionScope, ends: Option<(Instant, Duration)>) {
        self.0.push(Tenant { task, scope: Some(scope), ends });
    }

    /// Forgets an action that has ended.
    pub(super) fn leave(&mut self, task: GuestTaskId) -> Option<ActionScope> {
        let at = self.0.iter().position(|tenant| tenant.task == task)?;
        self.0.swap_remove(at).scope
    }

    /// Takes note that nobody waits for an action any more, whose task goes on.
    pub(super) fn abandon(&mut self, task: GuestTaskId) -> Option<ActionScope> {
        let tenant = self.0.iter_mut().find(|tenant| tenant.task == task)?;
        tenant.ends = None;
        tenant.scope.take()
    }

    /// One of those that are there.
    pub(super) fn any(&self) -> Option<&ActionScope> {
        self.0.iter().rev().find_map(|tenant| tenant.scope.as_ref())
    }

    /// The first of the times until which they may compute: which of them does is not known.
    pub(super) fn first_end(&self) -> Option<(Instant, Duration)> {
        self.0.iter().filter_map(|tenant| tenant.ends).min()
    }
}

/// Who calls.
///
/// # Errors
/// A trap where nobody does who may: a component must not use actions while it describes itself, nor after its task has
/// returned.
pub(super) fn caller(mut store: impl AsContextMut<Data = StoreState>) -> wasmtime::Result<Caller> {
    let mut store = store.as_context_mut();
    if store.data().tenants.is_none() {
        let scope = store.data().sandbox.scope().cloned();
        let scope = scope.ok_or_else(|| wasmtime::format_err!("`describe` may not use actions"))?;
        return Ok(Caller::Attempt(scope));
    }
    // The oldest is the call that the host made.
    let task = store.async_call_stack()?.last();
    let Some(Tenants(tenants)) = &store.data().tenants else { return Ok(Caller::Aborted) };
    match tenants.iter().find(|tenant| Some(tenant.task) == task) {
        Some(Tenant { scope: Some(scope), .. }) => Ok(Caller::Attempt(scope.clone())),
        Some(_) => Ok(Caller::Aborted),
        None => Err(wasmtime::format_err!("the task used actions after it had returned")),
    }
}
