//! `flyte-host build PATH`.

use std::path::Path;

use flyte_host::build::Language;

use crate::args::BuildArgs;
use crate::diagnosis::{Diagnosis, of_build_error};
use crate::interrupt::Interrupts;
use crate::printer::Printer;
use crate::source::Sources;

/// Builds a crate or a program and prints the path of the component.
pub(crate) fn execute(args: &BuildArgs, printer: Printer) -> Result<(), Diagnosis> {
    let interrupts = Interrupts::listen(printer)?;
    let sources = Sources {
        place: &args.place,
        max_size: args.max_compile_cache.0,
        options: &args.options,
        interrupts: &interrupts,
        printer,
    };
    let built = sources.build(&args.path)?;
    // What is kept of a program's builds may go any time; a crate's stays in its own directory.
    let beside = Language::of(&args.path).filter(|_| args.path.is_file()).map(|_| args.path.with_extension("wasm"));
    let wanted: Option<&Path> = args.output.as_deref().or(beside.as_deref());
    let path = match wanted {
        Some(out) => {
            built.copy_to(out).map_err(|error| of_build_error(&error))?;
            out
        }
        None => &built.path,
    };
    printer.data(&path.display().to_string())
}
