//! Why a component can't be built.

use std::path::PathBuf;

use crate::component::Unfit;

/// Why a component can't be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The directory has no `Cargo.toml`.
    #[error("{} is not a crate: it has no Cargo.toml", dir.display())]
    NotACrate {
        /// The directory.
        dir: PathBuf,
    },
    /// A tool could not be started.
    #[error("cannot run `{tool}`")]
    Tool {
        /// The tool.
        tool: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The target is not installed, and could not be.
    #[error("the Rust target {target} is not installed, and {reason}")]
    Target {
        /// The target.
        target: &'static str,
        /// Why it could not be added.
        reason: String,
    },
    /// cargo failed; it has said why on standard error.
    #[error("cargo could not build {}", dir.display())]
    Cargo {
        /// The crate's directory.
        dir: PathBuf,
    },
    /// The crate makes no component.
    #[error("{} builds no component: its library is not a `cdylib`", dir.display())]
    NoComponent {
        /// The crate's directory.
        dir: PathBuf,
    },
    /// The directory is a workspace and several of its crates make components.
    #[error("{} builds several components: {}", dir.display(), names.join(", "))]
    SeveralComponents {
        /// The directory.
        dir: PathBuf,
        /// The crates.
        names: Vec<String>,
    },
    /// What was built has no tasks, or speaks another version of the contract.
    #[error("the crate {name} {reason}")]
    Unfit {
        /// The crate's name.
        name: String,
        /// What it is instead.
        reason: Unfit,
    },
    /// The built file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The built file could not be copied to where it was wanted.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where it was wanted.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
