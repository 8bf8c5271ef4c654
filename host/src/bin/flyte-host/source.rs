//! From COMPONENT as it is written to a `.wasm` file.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use flyte_host::build::{BuildError, BuildEvent, BuiltComponent, Language, Stop, Workshop, build_crate};

use crate::compile_cache::CachePlace;
use crate::diagnosis::{Diagnosis, of_build_error, remark_lines};
use crate::exit::Exit;
use crate::interrupt::{Interrupts, what};
use crate::printer::Printer;
use crate::quantity;

/// Options about what is built from files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Building")]
pub(crate) struct BuildOptions {
    /// How long it may take to build a Python or JavaScript file, and each step of the tools' setup
    #[arg(long, value_name = "TIME", value_parser = quantity::duration, default_value = "10m")]
    pub max_build_time: Duration,
}

/// What COMPONENTs are made of, and how.
pub(crate) struct Sources<'a> {
    pub place: &'a CachePlace,
    /// How much is kept of what was built, in bytes.
    pub max_size: u64,
    pub options: &'a BuildOptions,
    pub interrupts: &'a Interrupts,
    pub printer: Printer,
}

impl Sources<'_> {
    /// Builds a crate's directory, or a program, if anything in it has changed; `None` for what is a component's file
    /// by itself.
    pub(crate) fn built(&self, component: &Path) -> Result<Option<BuiltComponent>, Diagnosis> {
        let is_source = component.is_dir() || (component.is_file() && Language::of(component).is_some());
        is_source.then(|| self.build(component)).transpose()
    }

    /// Builds a crate's directory, or a program.
    pub(crate) fn build(&self, path: &Path) -> Result<BuiltComponent, Diagnosis> {
        if path.is_dir() {
            return self.stoppable(path, |stop| build_crate(path, stop, &mut |line| self.printer.note(line)));
        }
        if Language::of(path).is_some() {
            return self.build_file(path);
        }
        if !path.exists() {
            return Err(Diagnosis::usage(format!("there is no {}", path.display())).hint(WHAT_IS_BUILT));
        }
        let diagnosis = Diagnosis::usage(format!("{} is nothing that can be built", path.display()));
        Err(match crate_of(path) {
            Some(dir) => diagnosis.hint(format!("give the crate's directory: `{}`", dir.display())),
            None => diagnosis.hint(WHAT_IS_BUILT),
        })
    }

    fn build_file(&self, file: &Path) -> Result<BuiltComponent, Diagnosis> {
        let Some(dir) = self.place.dir() else {
            let headline = format!("nothing names a directory for the tools that build {}", file.display());
            return Err(Diagnosis::usage(headline).hint("give one with `--cache-dir DIR`"));
        };
        let workshop = Workshop::open(dir).map_err(|error| of_build_error(&BuildError::from(error)))?;
        let workshop = workshop.max_size(self.max_size).max_build_time(self.options.max_build_time);
        self.stoppable(file, |stop| workshop.build(file, stop, |event| self.tell(&event)))
    }

    /// Builds what is at `path`, until a signal comes.
    fn stoppable(
        &self,
        path: &Path,
        build: impl FnOnce(&Stop) -> Result<BuiltComponent, BuildError>,
    ) -> Result<BuiltComponent, Diagnosis> {
        self.interrupts.stoppable(build).map_err(|error| match error {
            BuildError::Stopped => {
                let exit = self.interrupts.signalled().unwrap_or(Exit::Interrupted);
                Diagnosis::new(exit, format!("{} while {} was built", what(exit), path.display()))
            }
            error => {
                self.printer.errors_of(&error);
                of_build_error(&error)
            }
        })
    }

    fn tell(&self, event: &BuildEvent<'_>) {
        match event {
            BuildEvent::Note(line) => self.printer.note(line),
            BuildEvent::Warning { remark, .. } => {
                let text = std::iter::once(remark.message.clone()).chain(remark_lines(remark));
                let hints: Vec<&str> = remark.help.iter().map(String::as_str).collect();
                self.printer.warning_as_is(&text.collect::<Vec<_>>(), &hints);
            }
            _ => {}
        }
    }
}

const WHAT_IS_BUILT: &str = "a crate's directory is built, or a .py, .js, .mjs or .ts file";

/// The nearest directory above `file` that holds a crate.
pub(crate) fn crate_of(file: &Path) -> Option<&Path> {
    let dir = file.ancestors().skip(1).find(|dir| dir.join("Cargo.toml").is_file())?;
    Some(if dir.as_os_str().is_empty() { Path::new(".") } else { dir })
}
