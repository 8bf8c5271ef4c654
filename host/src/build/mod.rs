//! Makes components from source: from Rust crates with cargo, and from Python and JavaScript files with tools that a
//! [`Workshop`] keeps.

mod cargo;
mod component;
mod driver;
mod error;
#[cfg(unix)]
mod group;
#[cfg(not(unix))]
#[path = "no_group.rs"]
mod group;
mod inputs;
mod kept;
mod language;
mod link;
mod node;
mod process;
mod project;
mod python;
mod remark;
mod sdk;
mod shelf;
mod stop;
mod target;
mod tool_sets;
mod tools;
mod watch;
mod workshop;

pub use cargo::build_crate;
pub use component::BuiltComponent;
pub use error::BuildError;
pub use language::Language;
pub use project::{Project, ProjectError, ProjectLanguage};
pub use remark::{Place, Remark};
pub use stop::Stop;
pub use watch::BuildEvent;
pub use workshop::{Workshop, WorkshopContents};
