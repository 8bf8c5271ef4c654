//! Where an action is executed.

use std::sync::Arc;

use crate::run::ActionId;
use crate::run::plan::{Plan, Ready};
use crate::run::post::Post;
use crate::run::seed::Seed;

/// Where an action is executed: by which plan, at which post, and as which action of its run.
pub(super) struct Site<'p> {
    pub(super) plan: &'p Arc<Plan>,
    pub(super) ready: &'p Arc<Ready>,
    pub(super) post: &'p Post,
    pub(super) id: ActionId,
    pub(super) seed: Option<Seed>,
}
