//! What a run asks of whoever keeps a record of it.

use futures::future::BoxFuture;

/// Keeps what a sink is told where it outlives the process.
pub(crate) trait Ledger: Send + Sync + 'static {
    /// Waits until all that was told so far is kept.
    ///
    /// # Errors
    /// Why it can't be.
    fn kept(&self) -> BoxFuture<'static, Result<(), String>>;
}
