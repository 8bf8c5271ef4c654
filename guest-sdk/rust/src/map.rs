//! A bounded fan-out of closures.

use futures::{FutureExt, StreamExt, TryStreamExt, stream};

/// Applies `invoke` to every item, at most `limit` of them at once, and gives the results in the items' order.
///
/// A free place is taken by the next item at once, whichever invocation it was that ended. The items are drawn
/// as places become free, so an iterator may be long. A `limit` of 0 counts as 1.
///
/// Each invocation is a call to the host of its own. Where `invoke` is one task's, `name::map(items)` does the same in far fewer
/// calls: a [`FanOut`](crate::FanOut). This is for closures that do more, and for a few children that take so long that not one place
/// may be idle.
///
/// # Errors
/// The first error, in time; the invocations still running are aborted, and the others never start.
///
/// ```
/// use flyte_guest::{map, task, testing};
///
/// #[task]
/// fn double(number: u32) -> u32 {
///     2 * number
/// }
///
/// let doubled = testing::block_on(map(1..=5, 2, double::invoke));
/// assert_eq!(doubled.unwrap(), [2, 4, 6, 8, 10]);
/// ```
pub async fn map<I, F, R, T, E>(items: I, limit: usize, mut invoke: F) -> Result<Vec<T>, E>
where
    I: IntoIterator,
    F: FnMut(I::Item) -> R,
    R: Future<Output = Result<T, E>>,
{
    let invocations = items.into_iter().enumerate().map(|(index, item)| {
        let invocation = invoke(item);
        invocation.map(move |result| result.map(|value| (index, value)))
    });
    let done = stream::iter(invocations).buffer_unordered(limit.max(1));
    let mut results: Vec<(usize, T)> = done.try_collect().await?;
    results.sort_unstable_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, value)| value).collect())
}
