//! A tokio runtime and a host, for the commands that need loaded components.

use std::path::{Path, PathBuf};

use flyte_host::{Host, HostBuilder, HostError, LoadError};
use tokio::runtime::{Builder, Runtime};

use crate::compile_cache::CacheArgs;
use crate::diagnosis::{self, Diagnosis};
use crate::exit::Exit;
use crate::interrupt::Interrupts;
use crate::printer::Printer;
use crate::source::{BuildOptions, Sources};

/// The runtime that everything of a command runs on.
pub(crate) fn runtime() -> Result<Runtime, Diagnosis> {
    // A guest that computes takes a whole tick of the epoch each time it is polled: with the usual interval, timers would
    // be looked at every tenth of a second where many compute.
    let built = Builder::new_multi_thread().enable_all().event_interval(8).build();
    built.map_err(|error| Diagnosis::new(Exit::HostFault, "cannot start threads").cause(error))
}

/// Builds what is to be built, and loads all components.
pub(crate) async fn host(
    mut builder: HostBuilder,
    component: &Path,
    with: &[PathBuf],
    cache: &CacheArgs,
    options: &BuildOptions,
    interrupts: &Interrupts,
    printer: Printer,
) -> Result<Host, Diagnosis> {
    let sources =
        Sources { place: &cache.place, max_size: cache.max_compile_cache.0, options, interrupts, printer };
    // What was built stays where it is until it is loaded.
    let (mut built, mut files, mut called) = (Vec::new(), Vec::new(), Vec::new());
    for path in std::iter::once(component).chain(with.iter().map(PathBuf::as_path)) {
        let made = sources.built(path)?;
        let file = made.as_ref().map_or(path, |made| &made.path).to_owned();
        built.extend(made);
        files.push(file.clone());
        called.push((file.clone(), path.to_owned()));
        builder = builder.load(file);
    }
    let loaded = cache.equip(builder, called, printer).build().await;
    drop(built);
    loaded.map_err(|error| {
        let diagnosis = diagnosis::of_host_error(&error);
        match error {
            HostError::Load(LoadError::Clash(clash)) if is_twice(&clash.second, &files) => {
                diagnosis.hint("the same file is loaded twice")
            }
            _ => diagnosis,
        }
    })
}

/// Whether `file` is loaded twice, under whatever names.
fn is_twice(file: &Path, files: &[PathBuf]) -> bool {
    let Ok(file) = file.canonicalize() else { return false };
    files.iter().filter(|other| other.canonicalize().is_ok_and(|other| other == file)).count() > 1
}
