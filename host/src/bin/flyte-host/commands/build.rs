//! `flyte-host build DIR`.

use crate::args::BuildArgs;
use crate::diagnosis::Diagnosis;
use crate::printer::Printer;
use crate::source;

/// Builds the crate and prints the path of the component.
pub(crate) fn execute(args: &BuildArgs, printer: Printer) -> Result<(), Diagnosis> {
    let built = source::build(&args.path, printer)?;
    let path = match &args.output {
        Some(out) => {
            built.copy_to(out).map_err(|error| source::diagnosis(&error))?;
            out
        }
        None => &built.path,
    };
    printer.data(&path.display().to_string())
}
