//! Attacks on the processor's time and on the stack.

use flyte_guest::{invoke_named, task};

fn forever() -> u64 {
    let mut n = 0u64;
    while std::hint::black_box(true) {
        n = n.wrapping_add(1);
    }
    n
}

#[task]
fn spins() -> u64 {
    forever()
}

struct SpinsWhenDropped;

impl Drop for SpinsWhenDropped {
    fn drop(&mut self) {
        forever();
    }
}

/// Its result is ready; dropping a value afterwards never ends.
#[task]
fn spins_in_drop() -> u64 {
    let _value = SpinsWhenDropped;
    7
}

/// Has children, and never gives the host a chance to tell it that they ended.
#[task]
async fn spins_while_children_run() -> u64 {
    use flyte_guest::futures::{FutureExt, future::join_all};
    let started = join_all((0..8).map(|_| invoke_named::<()>("sleeps_forever", &NO_INPUTS))).now_or_never();
    forever() + u64::from(started.is_some())
}

const NO_INPUTS: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();

/// Small frames, all of them the engine's.
#[task]
fn overflows_the_engines_stack() -> u64 {
    fn down(n: u64) -> u64 {
        if std::hint::black_box(n) == u64::MAX { 0 } else { down(n + 1).wrapping_mul(3) ^ n }
    }
    down(0)
}

/// Frames whose locals are in the guest's own memory.
#[task]
fn overflows_its_own_stack() -> u64 {
    fn down(n: u64) -> u64 {
        let here = std::hint::black_box([n; 512]);
        if n == u64::MAX { 0 } else { down(n + 1).wrapping_add(here[usize::from(n as u8)]) }
    }
    down(0)
}

flyte_guest::export!(
    environment = "computing",
    tasks = [spins, spins_in_drop, spins_while_children_run, overflows_the_engines_stack, overflows_its_own_stack]
);
