//! Components that cannot be loaded, and what to do about it.

use std::io::ErrorKind;
use std::path::Path;

use flyte_host::component::Unfit;
use flyte_host::{HostError, LoadError};

use crate::diagnosis::{Diagnosis, of_failure};
use crate::exit::Exit;
use crate::source::crate_of;

/// What to say where a host cannot be built.
pub(crate) fn of_host_error(error: &HostError) -> Diagnosis {
    let exit = Exit::from(error);
    match error {
        HostError::Load(error) => of_load_error(exit, error),
        other => Diagnosis::new(exit, other.to_string()).causes_of(other),
    }
}

fn of_load_error(exit: Exit, error: &LoadError) -> Diagnosis {
    let diagnosis = Diagnosis::new(exit, error.to_string());
    match error {
        LoadError::Read { path, source } => {
            let diagnosis = diagnosis.cause(source);
            match source.kind() {
                ErrorKind::NotFound => match missing_hint(path) {
                    Some(hint) => diagnosis.hint(hint),
                    None => diagnosis,
                },
                _ => diagnosis,
            }
        }
        LoadError::Unfit { path, reason } => match unfit_hint(path, reason) {
            Some(hint) => diagnosis.hint(hint),
            None => diagnosis,
        },
        LoadError::Link { .. } => {
            diagnosis.hint("a task's sandbox offers `flyte:task` and WASI 0.2 and 0.3, with outgoing HTTP")
        }
        LoadError::Import { is_loaded: false, .. } => {
            diagnosis.hint("load the component that has it too: `--with FILE`")
        }
        LoadError::Describe { source, .. } => {
            let inner = of_failure("describe", 1, source);
            Diagnosis { body: inner.body, causes: [vec![inner.headline], inner.causes].concat(), ..diagnosis }
        }
        other => diagnosis.causes_of(other),
    }
}

fn missing_hint(path: &Path) -> Option<String> {
    let has_extension = path.extension().is_some();
    (!has_extension).then(|| {
        "the component comes first, then the task: `flyte-host run COMPONENT TASK`; \
         a component is a .wasm file, a crate's directory, or a .py, .js, .mjs or .ts file"
            .to_owned()
    })
}

/// What to do about a file at `path` that is no component of tasks.
pub(crate) fn unfit_hint(path: &Path, reason: &Unfit) -> Option<String> {
    Some(match reason {
        Unfit::NotWasm { start } => match extension(path).as_str() {
            "rs" | "toml" => match crate_of(path) {
                Some(dir) => format!("give the crate's directory and it is built for you: `{}`", dir.display()),
                None => "give the directory of the crate, and it is built for you".to_owned(),
            },
            "cjs" | "jsx" | "mts" | "cts" | "tsx" => "a .js, .mjs or .ts file is built for you".to_owned(),
            "wat" => "this is WebAssembly as text; `wasm-tools parse FILE -o OUT` makes a binary of it".to_owned(),
            _ if start.starts_with("\"(") => {
                "this looks like WebAssembly as text; `wasm-tools parse FILE -o OUT` makes a binary of it".to_owned()
            }
            _ => "a component is a .wasm file, such as `flyte-host build` makes from a crate, a .py or a .js file".to_owned(),
        },
        Unfit::CoreModule => {
            "build it for wasm32-wasip2 (`cargo build --release --target wasm32-wasip2`), or let `flyte-host build \
             DIR` do it: that target gives components"
                .to_owned()
        }
        Unfit::Malformed { .. } => "the file is damaged or cut short; build it again".to_owned(),
        Unfit::NoTasks { .. } => {
            "a crate exports its `#[task]` functions with one line, `flyte_guest::export!(tasks = […]);`, and is built as a \
             `cdylib`"
                .to_owned()
        }
        Unfit::ContractVersion { .. } => {
            "build the component with the SDK of this host's version, or use a host of the component's".to_owned()
        }
        _ => return None,
    })
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}
