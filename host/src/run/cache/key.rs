//! What identifies a result.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::component::{CacheBehavior, Catalog, Task};
use crate::record::{Json, canonical};
use crate::rights::ActionRights;

/// What all keys begin with: results that are made in another way, or said in another, are others.
const VERSION: &[u8] = b"flyte-host result 2";

/// What identifies a result: a hash over components or version, task, rights and inputs. It is the same in all processes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CacheKey([u8; 32]);

impl CacheKey {
    /// The key of this task with these inputs; `None` where the task's policy wants no cache.
    ///
    /// Of the inputs counts what [`canonical::of_inputs`] says, and no parameter that the policy ignores.
    pub(in crate::run) fn of(catalog: &Catalog, task: &Task, inputs: &Json, rights: &ActionRights) -> Option<Self> {
        let policy = &task.policy().cache;
        let (kind, maker) = match &policy.behavior {
            CacheBehavior::Disable => return None,
            // The task may invoke what is in the others.
            CacheBehavior::Auto => (&b"components"[..], [&task.component().digest[..], catalog.digest()].concat()),
            CacheBehavior::Override(version) => (&b"version"[..], version.as_bytes().to_vec()),
        };
        let mut hash = Sha256::new_with_prefix(VERSION);
        hash.update(kind);
        hash.update(maker.len().to_le_bytes());
        hash.update(&maker);
        let name = task.qualified_name();
        hash.update(name.len().to_le_bytes());
        hash.update(name);
        hash_rights(&mut hash, rights);
        hash.update(canonical::of_inputs(inputs.as_str(), task.inputs(), &policy.ignored_inputs)?);
        Some(Self(hash.finalize().into()))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// In hexadecimal digits.
impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
impl CacheKey {
    /// One that no task has.
    pub(crate) fn of_number(number: u8) -> Self {
        Self([number; 32])
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
        part(granted.directories()[file.directory].canonical.as_os_str().as_encoded_bytes());
        part(file.below.as_os_str().as_encoded_bytes());
    }
    for (_, at) in effective.variables() {
        part(granted.variables()[*at].value.as_bytes());
    }
}
