//! What components hold: their kind, their tasks, and the catalog of everything loaded.
//!
//! Nothing here runs a component; [`crate::Host`] does.

mod catalog;
mod chain;
mod inspect;
mod manifest;
mod policy;
mod task;
pub(crate) mod typed;

pub use catalog::{Catalog, Clash, UnknownTask};
pub use chain::{FeedError, feed_named, feed_parameter};
pub use inspect::{CONTRACT_VERSION, ComponentKind, Inspected, Unfit, inspect};
pub(crate) use inspect::{is_of_wasi, task_set_export};
pub use manifest::{MANIFEST_SECTION, Manifest, ManifestError};
pub use policy::{Backoff, CacheBehavior, CachePolicy, RetryOn, ReusePolicy, ReuseScope, TaskPolicy};
pub use task::{ComponentId, ComponentInfo, InvalidSpec, RightKind, RightSpec, Task, TaskSpec, Unavailable};
