//! Why a component can't be built.

use std::path::PathBuf;
use std::time::Duration;

use crate::build::{Language, Remark};
use crate::component::Unfit;
use crate::disk::CacheError;

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
    /// The Rust compiler can't be used, or is older than the target.
    #[error("`rustc` cannot say where it keeps the target {target}")]
    Rustc {
        /// The target.
        target: &'static str,
        /// What it said.
        said: Vec<String>,
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
    /// The libraries of what was built from a file can't be linked.
    #[error("the component of {} can't be linked: {reason}", file.display())]
    Link {
        /// The file that was built.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be read: what is built, what it depends on, or what was built.
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
    /// The file is in no language that is built.
    #[error("{} is no Python or JavaScript file", file.display())]
    NoLanguage {
        /// The file.
        file: PathBuf,
    },
    /// The tools can't use a path.
    #[error("nothing can be built with the path {}: {reason}", path.display())]
    Path {
        /// The file, or the directory of tools and of what was built.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// The directory of tools and of what was built can't be used.
    #[error(transparent)]
    Directory(#[from] CacheError),
    /// The machine has no interpreter for the language, or one that is too old.
    #[error("{language} files are built with {} {oldest} or later, {}", interpreter(*language), found_instead(found.as_deref()))]
    Interpreter {
        /// The language.
        language: Language,
        /// The oldest version that will do.
        oldest: &'static str,
        /// The version that is there.
        found: Option<String>,
    },
    /// A program could not be started, or watched.
    #[error("cannot run `{program}`")]
    Program {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The tools could not be set up.
    #[error("cannot set up the {language} tools: cannot {doing}")]
    Tools {
        /// The language.
        language: Language,
        /// What failed.
        doing: String,
        /// Whether what failed fetches something.
        needs_network: bool,
        /// The last lines of what failed.
        said: Vec<String>,
    },
    /// The setup of tools took too long, and was ended.
    #[error("cannot set up the {language} tools: it took longer than {} seconds to {doing}", longest.as_secs_f64())]
    SetupTooLong {
        /// The language.
        language: Language,
        /// What took so long.
        doing: String,
        /// How long it may take.
        longest: Duration,
        /// The last lines of what it said.
        said: Vec<String>,
    },
    /// A tool was installed in another version than the one that is needed, or not at all.
    #[error(
        "cannot set up the {language} tools: {package} {wanted} is needed, and {} was installed",
        found.as_deref().unwrap_or("none")
    )]
    ToolVersion {
        /// The language.
        language: Language,
        /// The package.
        package: &'static str,
        /// The version that is needed.
        wanted: &'static str,
        /// The version that is there.
        found: Option<String>,
    },
    /// A program was asked for its version, and did not answer.
    #[error("`{program}` does not tell its version: it was ended after {} seconds", longest.as_secs_f64())]
    Unanswered {
        /// The program.
        program: String,
        /// How long one waited.
        longest: Duration,
    },
    /// The author has to change something.
    #[error("{} cannot be built", file.display())]
    Source {
        /// The file that is built.
        file: PathBuf,
        /// What is wrong, where.
        remarks: Vec<Remark>,
    },
    /// The tools failed.
    #[error("cannot build {}: its build {how}", file.display())]
    Driver {
        /// The file that is built.
        file: PathBuf,
        /// How they failed.
        how: String,
        /// The last lines of what they said.
        said: Vec<String>,
    },
    /// The build took too long, and was ended.
    #[error("cannot build {}: it took longer than {} seconds", file.display(), longest.as_secs_f64())]
    TooLong {
        /// The file that is built.
        file: PathBuf,
        /// How long it may take.
        longest: Duration,
        /// The last lines of what the tools said.
        said: Vec<String>,
    },
    /// The file, or what it depends on, changed each time while it was built.
    #[error("{} changes while it is built", file.display())]
    Restless {
        /// The file that is built.
        file: PathBuf,
    },
    /// A file that the component depends on was removed while it was built.
    #[error("{} is gone, and {} was built with it", path.display(), file.display())]
    Vanished {
        /// What is gone.
        path: PathBuf,
        /// The file that is built.
        file: PathBuf,
    },
    /// What was built from a file has no tasks, or speaks another version of the contract.
    #[error("the component of {} {reason}", file.display())]
    UnfitFile {
        /// The file that was built.
        file: PathBuf,
        /// What it is instead.
        reason: Unfit,
    },
    /// A program stops until it has the terminal, which it can't have: somebody else may be using it.
    #[error("`{program}` asks for something on the terminal, and gets no answer there while it builds")]
    NeedsTerminal {
        /// The program: it, or one that it started.
        program: String,
    },
    /// It was stopped from outside.
    #[error("the build was stopped")]
    Stopped,
}

fn interpreter(language: Language) -> &'static str {
    match language {
        Language::Python => "Python",
        Language::JavaScript => "Node.js",
    }
}

fn found_instead(found: Option<&str>) -> String {
    found.map_or("which is not installed here".to_owned(), |found| format!("and the one here is {found}"))
}
