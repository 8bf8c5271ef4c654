//! Results in memory.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::run::cache::{CacheKey, KeptResult};

/// How much the results together may take, in bytes, before the oldest are dropped.
const CAPACITY: usize = 64 << 20;

/// What an entry takes beside the result's text, in bytes, about: its key, twice, and what holds them.
const ENTRY: usize = 160;

fn size(result: &KeptResult) -> usize {
    result.output.as_str().len() + ENTRY
}

/// A bounded number of results. The oldest go first.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    results: HashMap<CacheKey, KeptResult>,
    order: VecDeque<CacheKey>,
    bytes: usize,
}

impl Memory {
    pub(super) fn get(&self, key: &CacheKey) -> Option<KeptResult> {
        self.lock().results.get(key).cloned()
    }

    pub(super) fn put(&self, key: CacheKey, result: KeptResult) {
        let size = size(&result);
        if size > CAPACITY {
            // What is there is older.
            return self.forget(&key);
        }
        let mut entries = self.lock();
        if let Some(old) = entries.results.insert(key, result) {
            entries.bytes -= self::size(&old);
        } else {
            entries.order.push_back(key);
        }
        entries.bytes += size;
        while entries.bytes > CAPACITY {
            let Some(oldest) = entries.order.pop_front() else { break };
            if let Some(dropped) = entries.results.remove(&oldest) {
                entries.bytes -= self::size(&dropped);
            }
        }
    }

    pub(super) fn forget(&self, key: &CacheKey) {
        let mut entries = self.lock();
        if let Some(old) = entries.results.remove(key) {
            entries.bytes -= size(&old);
            entries.order.retain(|known| known != key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
