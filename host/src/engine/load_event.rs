//! What is told of components while they are loaded.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{BadEntry, CacheError};

/// What happens while a host is set up and loads its components. `path` is where a component was read from.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadEvent<'e> {
    /// The machine has not the address space for as many sandboxes at once as were asked for.
    SmallPool {
        /// How many were asked for.
        wanted: u32,
        /// How many there can be.
        instances: u32,
        /// What the system said.
        reason: &'e str,
    },
    /// The machine has no address space to speak of. Each sandbox is mapped when it is needed, and its guest's accesses
    /// to memory are checked one by one: all is several times slower.
    NoPool {
        /// How many were asked for.
        wanted: u32,
        /// What the system said.
        reason: &'e str,
    },
    /// It is being compiled, and that takes half a second or more.
    Compiling {
        /// The component.
        path: &'e Path,
    },
    /// Another process, or another host of this one, compiles the same component, and that takes half a second or more.
    Waiting {
        /// The component.
        path: &'e Path,
    },
    /// It was compiled.
    Compiled {
        /// The component.
        path: &'e Path,
        /// How long that took.
        took: Duration,
        /// Whether it was compiled quickly, to code that is slower.
        quick: bool,
    },
    /// It was compiled before: the cache had it.
    Cached {
        /// The component.
        path: &'e Path,
        /// How long it took to check and to map it.
        took: Duration,
        /// Whether it was compiled quickly, to code that is slower.
        quick: bool,
    },
    /// What was compiled quickly is optimised now, for the next host that loads it.
    Optimised {
        /// The component.
        path: &'e Path,
        /// How long that took, beside other work.
        took: Duration,
    },
    /// What the cache had was not used. It is replaced.
    BadEntry {
        /// The component.
        path: &'e Path,
        /// The file in the cache.
        entry: &'e Path,
        /// What is wrong with it.
        reason: &'e BadEntry,
    },
    /// Nothing is kept in the cache from now on.
    NotKept {
        /// The component.
        path: &'e Path,
        /// Why.
        reason: &'e CacheError,
    },
}

/// Whoever is told.
#[derive(Clone, Default)]
pub(crate) struct LoadWatch(Option<Arc<Told>>);

type Told = dyn Fn(&LoadEvent<'_>) + Send + Sync;

impl LoadWatch {
    pub(crate) fn new(told: impl Fn(&LoadEvent<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    pub(super) fn tell(&self, event: &LoadEvent<'_>) {
        if let Some(told) = &self.0 {
            told(event);
        }
    }
}

impl fmt::Debug for LoadWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LoadWatch").field(&self.0.is_some()).finish()
    }
}
