//! One table of tasks, run against every way to write them: the three SDKs, and a component with types of its own. What
//! differs is in the table, and nowhere else.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod behaviour;
mod examples;
mod languages;
mod linked;
mod sandbox;
mod sdks;
mod values;
