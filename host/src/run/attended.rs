//! A run on the path of whoever waits for it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

use crate::run::handle::conduct;
use crate::run::{AbortHandle, RunContext, RunOutcome};

/// Takes a run to its end on the caller's own path. Where the caller gives up, the run is aborted, and comes to that
/// end by itself: each of its actions has to be told to have ended before it is.
pub(crate) fn attended(context: RunContext, task: Arc<str>, inputs: String) -> impl Future<Output = RunOutcome> {
    let abort = AbortHandle::of(&context);
    Attended { run: Some(Box::pin(conduct(context, task, inputs))), abort }
}

struct Attended<R: Future<Output: Send> + Send + 'static> {
    /// `None` while it is polled, so that one that panicked is not polled again, and once it has ended.
    run: Option<Pin<Box<R>>>,
    abort: AbortHandle,
}

impl<R: Future<Output: Send> + Send + 'static> Future for Attended<R> {
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        let Some(mut run) = self.run.take() else { return Poll::Pending };
        let polled = run.as_mut().poll(context);
        if polled.is_pending() {
            self.run = Some(run);
        }
        polled
    }
}

impl<R: Future<Output: Send> + Send + 'static> Drop for Attended<R> {
    fn drop(&mut self) {
        let Some(run) = self.run.take() else { return };
        self.abort.abort();
        // Where there is no runtime any more, it ends here and now.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(run));
        }
    }
}
