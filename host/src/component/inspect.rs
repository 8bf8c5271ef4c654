//! Looks at a file's bytes before anything is compiled: is it a component, of which kind and contract version, and what
//! does it declare?

use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload};

use crate::component::typed::{DOCS_SECTION, Docs};
use crate::component::{MANIFEST_SECTION, Manifest, ManifestError, Unavailable};

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
    /// The component exports nothing that could be a task.
    #[error("has no tasks: it exports neither `{TASK_SET}` nor a function{}", exports_hint(exports))]
    NoTasks {
        /// What it exports instead.
        exports: Vec<String>,
    },
    /// It exports functions, and none of them can be a task.
    #[error("has no tasks: {}", functions_hint(unavailable))]
    NoFunctions {
        /// The functions, and why they can't.
        unavailable: Vec<Unavailable>,
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

fn functions_hint(unavailable: &[Unavailable]) -> String {
    let one = |one: &Unavailable| format!("its function `{}` can't be one: {}", one.name, one.reason);
    match unavailable {
        [] => "the instances that it exports hold no functions".to_owned(),
        [only] => one(only),
        [first, rest @ ..] => format!("{} (and so on for {} more)", one(first), rest.len()),
    }
}

/// What a component is to this host, and what it declares of itself.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// Which kind of task component it is.
    pub kind: ComponentKind,
    /// The rights it declares in a section of its own.
    pub manifest: Manifest,
    /// What it brings along of its WIT's comments.
    pub(crate) docs: Docs,
}

/// The kinds of task component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentKind {
    /// It exports the contract's `task-set`, and describes its tasks itself.
    TaskSet,
    /// It exports functions with types of its own; each is a task.
    Typed,
}

/// Checks that `bytes` are a component that can have tasks, where it speaks the contract by a version that this host knows,
/// and gives what it declares in sections of its own.
///
/// It reads section headers, the component's own export names and such sections only, so it is cheap on any size.
///
/// # Errors
/// [`Unfit`]: what the bytes are instead.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, Unfit> {
    if !bytes.starts_with(b"\0asm") {
        return Err(Unfit::NotWasm { start: start_of(bytes) });
    }
    let Outline { exports, manifest, docs } = outline(bytes)?;
    let names = || exports.iter().map(|export| export.name.as_str());
    let versions: Vec<&str> = names().filter_map(contract_version).collect();
    let kind = match versions[..] {
        [] if exports.iter().any(|export| export.may_have_tasks) => ComponentKind::Typed,
        [] => return Err(Unfit::NoTasks { exports: names().map(ToOwned::to_owned).collect() }),
        _ if versions.contains(&CONTRACT_VERSION) => ComponentKind::TaskSet,
        [.., found] => return Err(Unfit::ContractVersion { found: found.to_owned() }),
    };
    let manifest = manifest.map(Manifest::parse).transpose()?.unwrap_or_default();
    let docs = docs.filter(|_| kind == ComponentKind::Typed).map(Docs::parse).unwrap_or_default();
    Ok(Inspected { kind, manifest, docs })
}

/// Whether WASI defines it: an entry for other hosts, a program's `main` or a server's handler.
pub(crate) fn is_of_wasi(export: &str) -> bool {
    export.starts_with("wasi:")
}

/// The version of the contract that an export of this name speaks.
fn contract_version(export: &str) -> Option<&str> {
    let (name, version) = export.split_once('@').unwrap_or((export, "(none)"));
    (name == TASK_SET).then_some(version)
}

/// What a component says of itself.
#[derive(Default)]
struct Outline<'b> {
    exports: Vec<Export>,
    manifest: Option<&'b [u8]>,
    docs: Option<&'b [u8]>,
}

struct Export {
    name: String,
    /// Whether it is a function, or an instance that may have some, and not an entry that WASI defines.
    may_have_tasks: bool,
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
                    let export = export.map_err(malformed)?;
                    outline.exports.push(Export {
                        name: export.name.name.to_owned(),
                        may_have_tasks: !is_of_wasi(export.name.name)
                            && matches!(export.kind, ComponentExternalKind::Func | ComponentExternalKind::Instance),
                    });
                }
            }
            // One inside a component inside is not its own.
            Payload::CustomSection(section) if depth == 0 && section.name() == MANIFEST_SECTION => {
                match outline.manifest {
                    None => outline.manifest = Some(section.data()),
                    Some(_) => return Err(ManifestError::Twice.into()),
                }
            }
            Payload::CustomSection(section) if depth == 0 && section.name() == DOCS_SECTION => {
                outline.docs.get_or_insert(section.data());
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
