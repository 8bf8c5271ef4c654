//! Calls of WASI 0.3 at work: a guest may stop to wait for one, but not make room for another by that.

use std::future::poll_fn;
use std::task::Poll;

use tokio::task::JoinError;

use crate::sandbox::files::quota::Share;

/// The answer of `call`, which has its `turn` until it is done.
///
/// WASI's functions have a thread do the work, and the thread goes on when the future that waits for it is dropped. So
/// the turn is not the future's: who drops it gives up the answer, and the turn ends with the work.
///
/// `call` takes from its Store what it needs before it waits, as all of WASI's functions on descriptors do but the one
/// that opens.
pub(super) async fn in_turn<T: Send + 'static>(
    turn: Option<Share>,
    call: impl Future<Output = T> + Send + 'static,
) -> Result<T, JoinError> {
    let mut call = Box::pin(call);
    // Within the Store, and while the guest's handles are what they were when it called.
    if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await {
        return Ok(done);
    }
    let work = tokio::spawn(async move {
        let _turn = turn;
        call.await
    });
    work.await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use tokio::sync::{Semaphore, oneshot};

    use super::*;

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_keeps_its_turn_until_it_is_done() {
        let turns = Arc::new(Semaphore::new(1));
        let turn = Arc::clone(&turns).try_acquire_owned().ok();
        let (finish, finished) = oneshot::channel::<()>();
        {
            let mut waiting = pin!(in_turn(turn, finished));
            assert!(poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context))).await.is_pending());
        }
        tokio::task::yield_now().await;
        assert_eq!(turns.available_permits(), 0, "the call was dropped, not its work");
        finish.send(()).unwrap();
        assert!(turns.acquire().await.is_ok(), "the work is done");
    }

    #[tokio::test]
    async fn what_is_done_at_once_is_answered_at_once() {
        assert_eq!(in_turn(None, async { 7 }).await.unwrap(), 7);
    }
}
