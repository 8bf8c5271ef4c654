//! The pooling allocator: every instance takes a slot that is already mapped.

use wasmtime::component::Component;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

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

/// The fewest sandboxes a pool is worth having for.
const FEWEST: u32 = 8;

/// How an engine finds room for instances.
#[derive(Debug)]
pub(crate) struct Room {
    /// How many ordinary instances there may be at once.
    pub(super) instances: u32,
    /// Why it is not as it was asked for.
    pub(super) short: Option<Shortage>,
}

/// What the machine lacked.
#[derive(Debug)]
pub(crate) struct Shortage {
    pub(super) wanted: u32,
    /// Whether there is a pool at all: without one each instance is mapped when it is needed, which takes several times
    /// as long.
    pub(super) is_pooled: bool,
    pub(super) reason: String,
}

/// An engine with a pool of this size; where the machine has not the address space for it, with a smaller one, and where it
/// has none to speak of, without.
///
/// # Errors
/// Where there can be no engine at all.
pub(super) fn engine(config: &Config, size: PoolSize) -> wasmtime::Result<(Engine, Room)> {
    let wanted = size.instances.max(1);
    let pooled = |instances| {
        let mut config = config.clone();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(instances)));
        Engine::new(&config)
    };
    let short =
        |is_pooled, reason: &wasmtime::Error| Some(Shortage { wanted, is_pooled, reason: format!("{reason:#}") });
    let reason = match pooled(wanted) {
        Ok(engine) => return Ok((engine, Room { instances: wanted, short: None })),
        Err(reason) => reason,
    };
    let halves = std::iter::successors(Some(wanted / 2), |instances| Some(instances / 2));
    for instances in halves.take_while(|instances| *instances >= FEWEST) {
        if let Ok(engine) = pooled(instances) {
            return Ok((engine, Room { instances, short: short(true, &reason) }));
        }
    }
    let mut config = config.clone();
    // No more of a memory is reserved than it has: there is nothing to spare.
    config
        .allocation_strategy(InstanceAllocationStrategy::OnDemand)
        .memory_reservation(0)
        .memory_guard_size(0)
        .memory_reservation_for_growth(1 << 20);
    let engine = Engine::new(&config)?;
    Ok((engine, Room { instances: wanted, short: short(false, &reason) }))
}

fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .total_memories(instances.saturating_mul(MEMORIES))
        .total_tables(instances.saturating_mul(TABLES))
        .total_stacks(instances.saturating_mul(STACKS))
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
