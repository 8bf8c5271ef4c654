//! The command line as its users see it: what they type, what it prints where, and the exit code.

mod terminal;

mod bad_files;
mod bad_flags;
mod bad_input;
mod chains;
mod commands;
mod failures;
mod interrupts;
mod values;
