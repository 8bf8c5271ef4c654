//! The command line as its users see it: what they type, what it prints where, and the exit code.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod terminal;

mod bad_files;
mod bad_flags;
mod bad_input;
mod c;
mod chains;
mod commands;
mod compile_cache;
mod crashes;
mod failures;
mod fakes;
mod interrupts;
mod past;
mod programs;
mod progress;
mod projects;
mod recorded;
mod recover;
mod replay;
mod rerun;
mod results;
mod rights;
mod scarce;
mod typed;
mod unrecorded;
mod values;
