//! Results of earlier actions, for tasks whose policy allows it. Lives as long as its host.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::component::{CachePolicy, Task};
use crate::record::Json;
use crate::rights::ActionRights;

/// How much the results together may take, in bytes, before the oldest are dropped.
const CAPACITY: usize = 64 << 20;

/// What an entry takes beside the result's text, in bytes, about: its key, twice, and what holds them.
const ENTRY: usize = 160;

/// What identifies a result: a hash over component or version, task, rights and inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CacheKey([u8; 32]);

impl CacheKey {
    /// The key of this task with these inputs; `None` where the task's policy wants no cache.
    ///
    /// White space between the inputs' tokens does not matter; the order of their fields does.
    pub(super) fn of(task: &Task, inputs: &Json, rights: &ActionRights) -> Option<Self> {
        let mut hash = Sha256::new();
        match &task.policy().cache {
            CachePolicy::Disable => return None,
            CachePolicy::Auto => {
                hash.update(b"component");
                hash.update(task.component().digest);
            }
            CachePolicy::Override(version) => {
                hash.update(b"version");
                hash.update(version.len().to_le_bytes());
                hash.update(version);
            }
        }
        let name = task.qualified_name();
        hash.update(name.len().to_le_bytes());
        hash.update(name);
        hash_rights(&mut hash, rights);
        hash.update(inputs.compact());
        Some(Self(hash.finalize().into()))
    }
}

/// With other rights the task may come to another result; also where the same names stand for other variables and
/// directories. What is in the directories is not looked at.
fn hash_rights(hash: &mut Sha256, rights: &ActionRights) {
    let (effective, granted) = (rights.effective(), rights.granted());
    let mut part = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    for right in effective.capabilities() {
        part(right.to_string().as_bytes());
    }
    for file in effective.files() {
        part(granted.directories()[file.directory].host.as_os_str().as_encoded_bytes());
        part(file.below.as_os_str().as_encoded_bytes());
    }
    for (_, at) in effective.variables() {
        part(granted.variables()[*at].value.as_bytes());
    }
}

fn size(output: &Json) -> usize {
    output.as_str().len() + ENTRY
}

/// A bounded store of results. The oldest go first.
#[derive(Debug, Default)]
pub(crate) struct ResultCache(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    results: HashMap<CacheKey, Json>,
    order: VecDeque<CacheKey>,
    bytes: usize,
}

impl ResultCache {
    pub(super) fn get(&self, key: &CacheKey) -> Option<Json> {
        self.lock().results.get(key).cloned()
    }

    pub(super) fn put(&self, key: CacheKey, output: Json) {
        let size = size(&output);
        if size > CAPACITY {
            return;
        }
        let mut entries = self.lock();
        if let Some(old) = entries.results.insert(key, output) {
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

    fn lock(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
