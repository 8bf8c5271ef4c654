//! One file for each command, and what they share.

mod build;
mod cache;
mod completions;
mod get;
mod load;
mod new;
pub(crate) mod rights;
mod run;

use crate::args::{Args, CacheCommand, Command, GetCommand};
use crate::exit::Exit;
use crate::printer::Printer;

/// Does what the command line asks for, and tells what went wrong, if anything did.
pub(crate) fn execute(args: &Args) -> Exit {
    let printer = Printer::new(&args.telling);
    let done = match &args.command {
        Command::Run(args) => run::execute(args, printer),
        Command::Get { what: GetCommand::Task(args) } => get::execute(args, printer),
        Command::New(args) => new::execute(args, printer),
        Command::Build(args) => build::execute(args, printer),
        Command::Cache { what: CacheCommand::Info(args) } => cache::info(args, printer),
        Command::Cache { what: CacheCommand::Clear(args) } => cache::clear(args, printer),
        Command::Completions { shell } => completions::execute(*shell, printer),
    };
    match done {
        Ok(()) => Exit::Success,
        Err(diagnosis) => {
            printer.error(&diagnosis);
            diagnosis.exit
        }
    }
}
