//! Instances that are used again, for tasks whose policy allows it.
//!
//! An instance waits on a *shelf* for its next action. A shelf has one kind of instances: of one component, for the tasks of
//! one environment that have the same policy, with the same rights and limits; and of one run, unless the policy's scope is
//! global. So what an action leaves in an instance's memory is found by none that may see less, and by no other run.

mod shared;
mod shelf;
mod shelves;

pub(super) use shared::GRACE;
pub(super) use shelf::Shelf;
pub(super) use shelves::Shelves;
