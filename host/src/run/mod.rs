//! Runs: a root action and its descendants, their attempts, retries, limits, and what is told of them.
//!
//! Nothing here knows how a task is executed or who listens (see [`EventSink`]).

mod action;
mod admission;
mod attended;
mod cache;
mod children;
mod context;
mod due;
mod earlier;
mod event;
mod executor;
mod failure;
mod fan_out;
mod handle;
mod ids;
mod ledger;
mod limits;
mod phase;
mod plan;
mod post;
mod scope;
mod seed;
mod shortened;
mod site;
mod tree;
mod untold;
mod usage;

pub use cache::ResultCacheMode;
pub use earlier::{Divergence, Invocation};
pub use event::{EventSink, LogStream, RunEvent, RunStats};
pub use failure::{AbortCause, Failure, Limit, TaskError, TaskErrorKind, Trap};
pub use handle::{AbortHandle, Run, RunOutcome};
pub use ids::{ActionId, NoActionId, RunId};
pub use limits::Limits;
pub use phase::Phase;
pub use tree::{ActionNode, AttemptNode, RunTree};
pub use usage::Usage;

pub(crate) use admission::Admission;
pub(crate) use attended::attended;
pub(crate) use cache::{CacheKey, KeptResult, ResultCache, ResultStore, StoreClaim, StoredResult, now};
pub(crate) use children::Child;
use context::nanos;
pub(crate) use context::{Held, MOST_LOOKUPS, RunContext, Terms};
pub(crate) use earlier::{Earlier, Kept, Past, PastCall, PastDelivery, Replayed};
pub(crate) use executor::{Attempt, Executed, Executor, Prepared, Remains};
pub(crate) use fan_out::{FanOut, FannedOut};
pub(crate) use ledger::Ledger;
pub(crate) use plan::Callee;
pub(crate) use scope::{ActionInfo, ActionScope, InvokeOptions};
pub(crate) use seed::Seed;
pub(crate) use shortened::{LONGEST_LABEL, shortened};
