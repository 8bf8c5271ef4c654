//! The `flyte-host` command line.

mod args;
mod commands;
mod compile_cache;
mod diagnosis;
mod exit;
mod grants;
mod home;
mod interrupt;
mod limits;
mod past;
mod printer;
mod quantity;
mod source;
mod task_help;
mod task_line;
mod value;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The panic's own message is on stderr by then; a fault of ours must not look like one of the task's.
    catch_unwind(AssertUnwindSafe(|| commands::execute(&args::Args::read())))
        .unwrap_or(exit::Exit::HostFault)
        .into()
}
