//! One file for each command, and what they share.

mod abort;
mod build;
mod cache;
mod completions;
mod delete;
mod get;
mod get_action;
mod get_io;
mod get_logs;
mod get_run;
mod load;
mod new;
pub(crate) mod past;
mod recover;
mod replay;
mod request;
mod rerun;
pub(crate) mod rights;
mod run;

use crate::args::{Args, CacheCommand, Command, DeleteCommand, GetCommand};
use crate::exit::Exit;
use crate::printer::Printer;

/// Does what the command line asks for, and tells what went wrong, if anything did.
pub(crate) fn execute(args: &Args) -> Exit {
    let printer = Printer::new(&args.telling);
    let done = match &args.command {
        Command::Run(args) => run::execute(args, printer),
        Command::Get { what: GetCommand::Task(args) } => get::execute(args, printer),
        Command::Get { what: GetCommand::Run(args) } => get_run::execute(args, printer),
        Command::Get { what: GetCommand::Action(args) } => get_action::execute(args, printer),
        Command::Get { what: GetCommand::Logs(args) } => get_logs::execute(args, printer),
        Command::Delete { what: DeleteCommand::Run(args) } => delete::execute(args, printer),
        Command::Abort(args) => abort::execute(args, printer),
        Command::Get { what: GetCommand::Io(args) } => get_io::execute(args, printer),
        Command::Rerun(args) => rerun::execute(args, printer),
        Command::Replay(args) => replay::execute(args, printer),
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
