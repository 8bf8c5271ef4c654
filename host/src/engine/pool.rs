//! The pooling allocator: every instance takes a slot that is already mapped.

use wasmtime::component::Component;
use wasmtime::{Enabled, PoolingAllocationConfig};

/// How many sandboxes an engine can hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSize {
    /// Instances of components. Each reserves some gigabytes of *address space* a memory; memory itself is taken as
    /// guests touch it, and up to a few mebibytes of it stay with the slot for the next one.
    pub instances: u32,
}

impl Default for PoolSize {
    fn default() -> Self {
        Self { instances: 1000 }
    }
}

/// The most core instances a component may have. They are counted, and take nothing until there are any.
const CORE_INSTANCES: u32 = 1000;
/// Memories an ordinary component has: one that has more takes the room of several.
const MEMORIES: u32 = 2;
/// Tables an ordinary component has.
const TABLES: u32 = 4;
/// Stacks an ordinary component has at once: for its call, and for one that waits. Each is a mapping or two of the
/// process, of which the system allows some ten thousands.
const STACKS: u32 = 2;
/// The most ordinary components that one component may count for: it must not take the pool from all others.
const MOST_WEIGHT: u32 = 16;

/// The largest memory, in bytes. A slot reserves as much address space in any case; how much of it a guest may
/// use is for the Store's own limiter.
const MEMORY: usize = 4 << 30;

/// Bytes of a slot that stay mapped when it is given back, so that the next instance takes no page faults.
/// With less, a small guest pays several faults for each call; what goes beyond is returned to the system.
const MEMORY_KEPT: usize = 2 << 20;
const TABLE_KEPT: usize = 64 << 10;

pub(super) fn config(size: PoolSize) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(size.instances)
        .total_core_instances(size.instances.saturating_mul(CORE_INSTANCES))
        .total_memories(size.instances.saturating_mul(MEMORIES))
        .total_tables(size.instances.saturating_mul(TABLES))
        .total_stacks(size.instances.saturating_mul(STACKS))
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES * MOST_WEIGHT)
        .max_tables_per_component(TABLES * MOST_WEIGHT)
        .max_memory_size(MEMORY)
        .linear_memory_keep_resident(MEMORY_KEPT)
        .table_keep_resident(TABLE_KEPT)
        // Asks the kernel which pages were touched instead of clearing them all, where the kernel can tell.
        .pagemap_scan(Enabled::Auto);
    pool
}

/// For how many ordinary instances one of this component counts.
pub(super) fn weight(component: &Component) -> usize {
    // None: it imports modules, which the linker has refused by then.
    component.resources_required().map_or(1, |needs| {
        needs.num_memories.div_ceil(MEMORIES).max(needs.num_tables.div_ceil(TABLES)).max(1) as usize
    })
}
