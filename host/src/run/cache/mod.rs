//! Results of earlier actions, for tasks whose policy allows it: in memory as long as the host lives, and beyond that in a
//! store, where there is one.

mod answer;
mod flights;
mod key;
mod memory;
mod store;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::record::Json;

pub(super) use answer::{Answer, find};
pub(super) use flights::FlightId;
pub(crate) use key::CacheKey;
pub(crate) use store::{ResultStore, StoreClaim, StoredResult};

use flights::Flights;
use memory::Memory;

/// Whether a run takes results of earlier actions, and keeps its own for later ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResultCacheMode {
    /// Both, where a task's policy says so.
    #[default]
    Use,
    /// It takes none, and keeps its own in their place.
    Overwrite,
    /// Neither.
    Off,
}

/// A result, and when it was computed.
#[derive(Debug, Clone)]
pub(crate) struct KeptResult {
    pub(crate) output: Json,
    /// In microseconds since 1970.
    pub(crate) computed: u64,
}

/// All that is known of results.
#[derive(Debug)]
pub(crate) struct ResultCache {
    memory: Memory,
    flights: Flights,
    store: Option<Arc<dyn ResultStore>>,
}

impl ResultCache {
    pub(crate) fn new(store: Option<Arc<dyn ResultStore>>) -> Self {
        Self { memory: Memory::default(), flights: Flights::default(), store }
    }
}

/// The time, in microseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
