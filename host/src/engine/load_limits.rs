//! What a component may take while it is loaded.

use std::time::Duration;

use crate::engine::aot::CompileCache;
use crate::engine::load_event::LoadWatch;
use crate::run::Limits;

/// What a component may take before any of its tasks runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadLimits {
    /// Bytes of the component.
    pub max_component_size: u64,
    /// The longest that compiling it may take. What is too slow is refused; the compiler itself ends when it is done.
    pub compile_within: Duration,
    /// The longest that it may take to describe its tasks; a run's `max_runtime` can only shorten it.
    pub describe_within: Duration,
    /// The most tasks it may have.
    pub max_tasks: usize,
    /// Bytes of all it says of its tasks: names, documentation, schemas.
    pub max_description: usize,
}

impl Default for LoadLimits {
    fn default() -> Self {
        Self {
            max_component_size: 256 << 20,
            compile_within: Duration::from_secs(120),
            describe_within: Duration::from_secs(10),
            max_tasks: 10_000,
            max_description: 16 << 20,
        }
    }
}

/// The limits that hold while components are loaded, where compiled ones are kept, and who is told.
pub(crate) struct LoadTerms {
    pub(super) load: LoadLimits,
    /// What the sandbox may take in which a component describes itself.
    pub(super) sandbox: Limits,
    pub(super) cache: Option<CompileCache>,
    pub(super) watch: LoadWatch,
    /// Whether what is not kept is compiled quickly first.
    pub(super) is_quick: bool,
}

impl LoadTerms {
    pub(crate) fn new(load: &LoadLimits, limits: &Limits, cache: Option<CompileCache>, watch: LoadWatch) -> Self {
        let shorter = limits.max_runtime.into_iter().chain(limits.deadline).min();
        let describe_within = shorter.map_or(load.describe_within, |shorter| shorter.min(load.describe_within));
        Self {
            load: LoadLimits { describe_within, ..load.clone() },
            sandbox: limits.clone(),
            cache,
            watch,
            is_quick: false,
        }
    }

    /// The same, where what is not kept is compiled quickly first if `is_quick`.
    pub(crate) fn quickly(self, is_quick: bool) -> Self {
        Self { is_quick, ..self }
    }
}
