//! `flyte-host completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::diagnosis::Diagnosis;
use crate::printer::Printer;

/// Prints the completion script.
pub(crate) fn execute(shell: Shell, printer: Printer) -> Result<(), Diagnosis> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "flyte-host", &mut script);
    printer.data(String::from_utf8_lossy(&script).trim_end())
}
