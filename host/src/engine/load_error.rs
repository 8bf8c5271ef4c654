//! Why a component can't be loaded.

use std::path::PathBuf;
use std::time::Duration;

use crate::component::{Clash, InvalidSpec, Unfit};
use crate::run::Failure;

/// Why a component can't be loaded. Each variant names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file can't be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than a component may be.
    #[error("{} is too large: a component may have {most} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes a component may have.
        most: u64,
    },
    /// Compiling the component took too long.
    #[error("compiling {} took longer than {within:?}", path.display())]
    CompileTime {
        /// The file.
        path: PathBuf,
        /// The longest it may take.
        within: Duration,
    },
    /// The file is no component of tasks, or of another version of the contract.
    #[error("{} {reason}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: Unfit,
    },
    /// The component does not validate or compile.
    #[error("cannot compile {}: {reason}", path.display())]
    Compile {
        /// The file.
        path: PathBuf,
        /// What the compiler said.
        reason: String,
    },
    /// The component imports something the host does not have, or has with another type.
    #[error("{} cannot be linked: {reason}", path.display())]
    Link {
        /// The file.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// The component imports a function that no other loaded component has as a task.
    #[error("{} imports `{import}`, and no task of another component can be it: {reason}", path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// The function, as the component has it.
        import: String,
        /// The name of a task that it could be.
        task: String,
        /// Whether there is a task that it would be, were it not for its types, or for others that it could be as well.
        is_loaded: bool,
        /// Why it can't be that one, or that there is none.
        reason: String,
    },
    /// The component could not say what its tasks are.
    #[error("{} could not describe its tasks", path.display())]
    Describe {
        /// The file.
        path: PathBuf,
        /// How its `describe` failed.
        source: Box<Failure>,
    },
    /// What the component says of a task can't be used.
    #[error("{} describes its task `{task}` badly", path.display())]
    Spec {
        /// The file.
        path: PathBuf,
        /// The task.
        task: String,
        /// What is wrong.
        source: Box<InvalidSpec>,
    },
    /// Two tasks have the same name.
    #[error(transparent)]
    Clash(#[from] Clash),
}
