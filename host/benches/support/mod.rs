//! What the benchmarks share.

pub(crate) mod calls;
pub(crate) mod cases;
pub(crate) mod machine;
pub(crate) mod native;
pub(crate) mod print;
pub(crate) mod programs;
pub(crate) mod race;
pub(crate) mod raw;
pub(crate) mod row;
pub(crate) mod threads;
