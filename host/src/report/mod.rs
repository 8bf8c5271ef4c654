//! What people read of a run: consumers of [`RunEvent`](crate::run::RunEvent)s, and the text they are made of.
//!
//! Nothing here prints: a reporter hands whole lines to whoever does.

mod frames;
mod human;
mod span;
mod text;

pub use frames::frames;
pub use human::{Aborted, Detail, HumanReport};
pub use span::span;
pub use text::{printable, printable_json, visible};
