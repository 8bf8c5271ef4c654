//! From COMPONENT as it is written to a `.wasm` file.

use std::path::{Path, PathBuf};

use flyte_host::build::{BuildError, BuiltComponent, build_crate};

use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::printer::Printer;

/// The component's file. A crate's directory is built first, if anything in it has changed.
pub(crate) fn wasm(component: &Path, printer: Printer) -> Result<PathBuf, Diagnosis> {
    match component.is_dir() {
        true => Ok(build(component, printer)?.path),
        false => Ok(component.to_owned()),
    }
}

/// Builds the crate in `dir`.
pub(crate) fn build(dir: &Path, printer: Printer) -> Result<BuiltComponent, Diagnosis> {
    build_crate(dir, &mut |line| printer.note(line)).map_err(|error| diagnosis(&error))
}

/// What to say of a build that failed.
pub(crate) fn diagnosis(error: &BuildError) -> Diagnosis {
    let text = error.to_string();
    let mut lines = text.lines();
    let diagnosis = Diagnosis::new(Exit::from(error), lines.next().unwrap_or_default())
        .lines(lines.map(|line| format!("  {line}")))
        .causes_of(error);
    match error {
        BuildError::NotACrate { .. } => diagnosis.hint("a component is a .wasm file or a crate's directory"),
        _ => diagnosis,
    }
}
