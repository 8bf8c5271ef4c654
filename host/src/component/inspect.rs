//! Looks at a file's bytes before anything is compiled: is it a component, of which contract version, and what does it
//! declare?

use wasmparser::{Encoding, Parser, Payload};

use crate::component::{MANIFEST_SECTION, Manifest, ManifestError};

/// The version of the contract (`wit/task.wit`) that this host speaks.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// The interface that makes a component a set of tasks, without its version.
const TASK_SET: &str = "flyte:task/task-set";

/// The name by which a component that [`inspect`] lets through exports its tasks.
pub(crate) fn task_set_export() -> String {
    format!("{TASK_SET}@{CONTRACT_VERSION}")
}

/// Why a file is no component of tasks. Reads on after the file's name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The bytes are not WebAssembly.
    #[error("is not a WebAssembly file (it starts with {start})")]
    NotWasm {
        /// The first bytes, readable.
        start: String,
    },
    /// A core module, not a component.
    #[error("is a core module, not a component")]
    CoreModule,
    /// It starts like a component and then breaks off or breaks the format.
    #[error("is not a valid component: {reason} (at byte {offset})")]
    Malformed {
        /// What is wrong.
        reason: String,
        /// Where.
        offset: u64,
    },
    /// The component exports no tasks.
    #[error("has no tasks: it does not export `{TASK_SET}`{}", exports_hint(exports))]
    NoTasks {
        /// What it exports instead.
        exports: Vec<String>,
    },
    /// The component speaks another version of the contract.
    #[error(
        "was built for version {found} of the task contract (`flyte:task`), \
         and this host knows version {CONTRACT_VERSION}"
    )]
    ContractVersion {
        /// The version the component names.
        found: String,
    },
    /// The component declares its rights in a way that can't be read.
    #[error("has a section `{MANIFEST_SECTION}` that cannot be used: {0}")]
    Manifest(#[from] ManifestError),
}

/// How many exports are named.
const MOST_NAMED: usize = 10;

fn exports_hint(exports: &[String]) -> String {
    match exports {
        [] => " (it exports nothing)".to_owned(),
        many if many.len() > MOST_NAMED => {
            format!(" (it exports {} and {} more)", many[..MOST_NAMED].join(", "), many.len() - MOST_NAMED)
        }
        some => format!(" (it exports {})", some.join(", ")),
    }
}

/// Checks that `bytes` are a component that exports tasks by a contract version this host knows, and gives what it
/// declares in a section of its own.
///
/// It reads section headers, the component's own export names and its manifest only, so it is cheap on any size.
///
/// # Errors
/// [`Unfit`]: what the bytes are instead.
pub fn inspect(bytes: &[u8]) -> Result<Manifest, Unfit> {
    if !bytes.starts_with(b"\0asm") {
        return Err(Unfit::NotWasm { start: start_of(bytes) });
    }
    let Outline { exports, manifest } = outline(bytes)?;
    let mut found = None;
    for export in &exports {
        let (name, version) = export.split_once('@').unwrap_or((export, "(none)"));
        if name == TASK_SET {
            if version == CONTRACT_VERSION {
                return Ok(match manifest {
                    Some(content) => Manifest::parse(content)?,
                    None => Manifest::default(),
                });
            }
            found = Some(version.to_owned());
        }
    }
    Err(match found {
        Some(found) => Unfit::ContractVersion { found },
        None => Unfit::NoTasks { exports },
    })
}

/// What a component says of itself.
#[derive(Default)]
struct Outline<'b> {
    exports: Vec<String>,
    manifest: Option<&'b [u8]>,
}

fn outline(bytes: &[u8]) -> Result<Outline<'_>, Unfit> {
    let malformed = |error: wasmparser::BinaryReaderError| Unfit::Malformed {
        reason: error.message().to_owned(),
        offset: error.offset() as u64,
    };
    let mut outline = Outline::default();
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(Unfit::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    outline.exports.push(export.map_err(malformed)?.name.name.to_owned());
                }
            }
            // One inside a component inside is not its own.
            Payload::CustomSection(section) if depth == 0 && section.name() == MANIFEST_SECTION => {
                match outline.manifest {
                    None => outline.manifest = Some(section.data()),
                    Some(_) => return Err(ManifestError::Twice.into()),
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}

/// The first bytes of a file, as text where they are text.
fn start_of(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(16)];
    match std::str::from_utf8(head) {
        _ if head.is_empty() => "nothing: it is empty".to_owned(),
        Ok(text) => format!("{text:?}"),
        Err(_) => head.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
#[path = "inspect_tests.rs"]
mod tests;
