//! What runs ask of whoever keeps results where they outlive the process.

use std::fmt;

use futures::future::BoxFuture;

use crate::run::cache::{CacheKey, KeptResult};

/// The right to compute a result, among all processes that share a store. Dropped: the next may.
pub(crate) type StoreClaim = Box<dyn Send>;

/// A result as a store has it: nobody has looked yet whether it is one of the task's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredResult {
    pub(crate) output: String,
    /// In microseconds since 1970.
    pub(crate) computed: u64,
}

/// Keeps results where they outlive the process. What it can't do is as if it had nothing.
pub(crate) trait ResultStore: fmt::Debug + Send + Sync + 'static {
    /// The result that is kept by this key.
    fn get(&self, key: CacheKey) -> BoxFuture<'static, Option<StoredResult>>;

    /// Takes note that a result was used, so that others go before it. It returns at once.
    fn used(&self, key: CacheKey);

    /// Keeps a result, in place of what is there. It returns at once; the claim is given up when others can see the result.
    fn put(&self, key: CacheKey, result: KeptResult, claim: Option<StoreClaim>);

    /// Removes what is kept by this key: there is a later result, which can't be kept. It returns at once, as `put` does.
    fn forget(&self, key: CacheKey, claim: Option<StoreClaim>);

    /// The right to compute the result of this key; `None` while somebody else has it.
    fn claim(&self, key: CacheKey) -> BoxFuture<'static, Option<StoreClaim>>;
}
