//! Attacks on memory.

use flyte_guest::task;

/// A mebibyte at a time, until there is no more.
#[task]
fn hoards_memory() -> u64 {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(vec![1; 1 << 20]);
        std::hint::black_box(&hoard);
    }
}

/// A gibibyte, in one wish.
#[task]
fn wishes_for_a_gibibyte() -> u64 {
    std::hint::black_box(vec![0u8; 1 << 30]).len() as u64
}

/// Copes with each refusal and wishes again, for less each time and never for nothing.
#[task]
fn wishes_again_and_again() -> u64 {
    loop {
        for size in (1..31).rev() {
            let mut wish: Vec<u8> = Vec::new();
            let _ = wish.try_reserve(std::hint::black_box(1 << size));
            std::hint::black_box(&wish);
        }
    }
}

flyte_guest::export!(
    environment = "memory",
    tasks = [hoards_memory, wishes_for_a_gibibyte, wishes_again_and_again]
);
