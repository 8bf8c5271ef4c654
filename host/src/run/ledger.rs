//! What a run asks of whoever keeps a record of it.

use futures::future::BoxFuture;

use crate::run::RunId;

/// Keeps what a sink is told where it outlives the process.
pub(crate) trait Ledger: Send + Sync + 'static {
    /// Waits until all that was told of a run so far is kept.
    ///
    /// # Errors
    /// Why something of it is not, and never will be.
    fn kept(&self, run: &RunId) -> BoxFuture<'static, Result<(), String>>;
}
