//! Where an action is executed.

use std::sync::Arc;

use crate::run::cache::FlightId;
use crate::run::due::Due;
use crate::run::plan::{Plan, Ready};
use crate::run::post::Post;
use crate::run::seed::Seed;
use crate::run::{ActionId, Failure};

/// Where an action is executed: by which plan, at which post, and as which action of its run.
pub(super) struct Site<'p> {
    pub(super) plan: &'p Arc<Plan>,
    pub(super) ready: &'p Arc<Ready>,
    pub(super) post: &'p Post,
    pub(super) id: ActionId,
    pub(super) seed: Option<Seed>,
    /// The same action in the run whose results are taken over.
    pub(super) counterpart: Option<ActionId>,
    pub(super) due: Option<Due>,
    /// The nearest result that others may wait for while it is computed: its own, or that of an action above it.
    pub(super) claim: Option<FlightId>,
}

impl Site<'_> {
    /// Whether nothing below it can be answered from the record of an earlier run: what is made of such answers may
    /// be of other components, and is older than it looks.
    pub(super) fn runs_anew(&self) -> bool {
        let earlier = self.plan.run.earlier.as_ref().zip(self.counterpart);
        earlier.is_none_or(|(earlier, counterpart)| earlier.past(counterpart).is_empty())
    }

    /// Why the action is cancelled.
    pub(super) fn cancelled(&self) -> Failure {
        self.due.and_then(Due::missed).unwrap_or_else(|| self.plan.run.abort_failure(self.id))
    }
}
