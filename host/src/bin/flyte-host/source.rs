//! From COMPONENT as it is written to a `.wasm` file.

use std::path::{Path, PathBuf};

use flyte_host::build::{BuildError, BuiltComponent, build_crate};

use crate::diagnosis::{Diagnosis, unfit_hint};
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
    if dir.is_file() {
        let diagnosis = Diagnosis::usage(format!("{} is a file, not the directory of a crate", dir.display()));
        return Err(match crate_of(dir) {
            Some(dir) => diagnosis.hint(format!("give the crate's directory: `{}`", dir.display())),
            None => diagnosis,
        });
    }
    build_crate(dir, &mut |line| printer.note(line)).map_err(|error| diagnosis(&error))
}

/// The nearest directory above `file` that holds a crate.
pub(crate) fn crate_of(file: &Path) -> Option<&Path> {
    let dir = file.ancestors().skip(1).find(|dir| dir.join("Cargo.toml").is_file())?;
    Some(if dir.as_os_str().is_empty() { Path::new(".") } else { dir })
}

/// What to say of a build that failed.
pub(crate) fn diagnosis(error: &BuildError) -> Diagnosis {
    let text = error.to_string();
    let mut lines = text.lines();
    let diagnosis = Diagnosis::usage(lines.next().unwrap_or_default())
        .lines(lines.map(|line| format!("  {line}")))
        .causes_of(error);
    match error {
        BuildError::NotACrate { .. } => diagnosis.hint("a component is a .wasm file or a crate's directory"),
        BuildError::NoComponent { .. } => {
            diagnosis.hint("its Cargo.toml needs these lines:\n[lib]\ncrate-type = [\"cdylib\"]")
        }
        BuildError::Unfit { name, reason } => match unfit_hint(Path::new(name), reason) {
            Some(hint) => diagnosis.hint(hint),
            None => diagnosis,
        },
        BuildError::Tool { .. } => {
            diagnosis.hint("a crate is built with Rust's own tools; install them with rustup: https://rustup.rs")
        }
        _ => diagnosis,
    }
}
