//! Typed components: what they export as tasks, and their values as JSON.

mod decode;
mod encode;
mod function;
mod imports;
mod reflect;

pub(super) use function::{Arguments, TypedFunction, TypedFunctions};
pub(super) use imports::{Import, define};
pub(super) use reflect::{Budget, Exported, functions};

#[cfg(test)]
mod tests;
