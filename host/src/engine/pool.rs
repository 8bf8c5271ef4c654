//! The pooling allocator: every instance takes a slot that is already mapped.

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

/// The most core instances a component may have: its modules, the adapters that lower its imports, and some spare.
///
/// The pool has as many for each of its components, and so it is with memories and tables: with more for one than for
/// another, a component made of many parts would take what its siblings need. Unused ones cost address space only.
const CORE_INSTANCES: u32 = 64;
/// The most memories a component may have; most have one.
const MEMORIES: u32 = 4;
/// The most tables a component may have.
const TABLES: u32 = 16;

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
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .total_stacks(size.instances.saturating_mul(2))
        .max_memory_size(MEMORY)
        .linear_memory_keep_resident(MEMORY_KEPT)
        .table_keep_resident(TABLE_KEPT)
        // Asks the kernel which pages were touched instead of clearing them all, where the kernel can tell.
        .pagemap_scan(Enabled::Auto);
    pool
}
