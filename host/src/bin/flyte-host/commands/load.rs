//! A tokio runtime and a host, for the commands that need loaded components.

use std::path::{Path, PathBuf};

use flyte_host::{Host, HostBuilder};
use tokio::runtime::Runtime;

use crate::diagnosis::{self, Diagnosis};
use crate::exit::Exit;
use crate::printer::Printer;
use crate::source;

/// The runtime that everything of a command runs on.
pub(crate) fn runtime() -> Result<Runtime, Diagnosis> {
    Runtime::new().map_err(|error| Diagnosis::new(Exit::HostFault, "cannot start threads").cause(error))
}

/// Builds what is to be built, and loads all components.
pub(crate) async fn host(
    mut builder: HostBuilder,
    component: &Path,
    with: &[PathBuf],
    printer: Printer,
) -> Result<Host, Diagnosis> {
    for path in std::iter::once(component).chain(with.iter().map(PathBuf::as_path)) {
        builder = builder.load(source::wasm(path, printer)?);
    }
    builder.build().await.map_err(|error| diagnosis::of_host_error(&error))
}
