//! When an action is to have ended, for the sake of who invoked it.

use std::pin::Pin;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::run::{Failure, Limit};

/// The end of the time that an action has from its invocation on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    at: Instant,
    within: Duration,
}

impl Due {
    /// `None` where there is none, or only one beyond all clocks.
    pub(super) fn of(invoked: Instant, within: Option<Duration>) -> Option<Self> {
        let within = within?;
        Some(Self { at: invoked.checked_add(within)?, within })
    }

    /// The failure of an action that has not ended by now, if it should have.
    pub(super) fn missed(self) -> Option<Failure> {
        (Instant::now() >= self.at).then_some(Failure::Limit(Limit::Within(self.within)))
    }

    /// Cancels an action that has not ended in time, and lets it end as any that is cancelled: its children with it. It is
    /// given in its place: taken by value, each such layer would have room for it thrice.
    pub(super) async fn hold<T>(
        due: Option<Self>,
        cancel: &CancellationToken,
        mut action: Pin<&mut impl Future<Output = T>>,
    ) -> T {
        let Some(Self { at, .. }) = due else { return action.await };
        tokio::select! {
            biased;
            ended = &mut action => return ended,
            () = tokio::time::sleep_until(at.into()) => cancel.cancel(),
        }
        action.await
    }
}
