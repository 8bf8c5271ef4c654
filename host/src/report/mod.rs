//! What people read of a run: consumers of [`RunEvent`](crate::run::RunEvent)s, and the text they are made of.
//!
//! Nothing here prints: a reporter hands whole lines to whoever does.

mod cost;
mod frames;
mod human;
mod progress;
mod span;
mod text;

pub use cost::Cost;
pub use frames::frames;
pub use human::{Aborted, Detail, HumanReport};
pub use progress::{Group, Progress};
pub use span::span;
pub use text::{in_a_row, printable, printable_json, visible};
