//! Looks at the clock and throws dice.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

use flyte_guest::futures::future::try_join;
use flyte_guest::{TaskError, record, task};

/// What would differ from run to run.
#[record]
struct Sample {
    dice: Vec<u64>,
    /// The order of a map of the numbers from 0 to 19.
    order: Vec<u64>,
    /// Nanoseconds since 1970.
    wall: u64,
    /// Nanoseconds between readings, and over sleeps.
    spans: Vec<u64>,
}

#[task]
fn sample() -> Sample {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanoseconds);
    let begun = Instant::now();
    let mut spans = vec![nanoseconds(begun.elapsed())];
    for millis in [3, 0, 1] {
        std::thread::sleep(Duration::from_millis(millis));
        spans.push(nanoseconds(begun.elapsed()));
    }
    let map: HashMap<u64, ()> = (0..20).map(|n| (n, ())).collect();
    let dice = (0..5).map(|n| RandomState::new().hash_one(n)).collect();
    Sample { dice, order: map.into_keys().collect(), wall, spans }
}

/// Two children at once, and itself.
#[task]
async fn family() -> Result<Vec<Sample>, TaskError> {
    let (first, second) = try_join(sample::invoke(), sample::invoke()).await?;
    Ok(vec![sample(), first, second])
}

/// How long it sleeps, by its own clock.
#[task]
fn sleeps(millis: u64) -> u64 {
    let begun = Instant::now();
    std::thread::sleep(Duration::from_millis(millis));
    nanoseconds(begun.elapsed())
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

flyte_guest::export!(sample, family, sleeps);
