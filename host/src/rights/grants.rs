//! What an operator grants to the tasks of a run.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::rights::{Capability, CapabilityError, GuestPath, NetHost, NetTarget, Rights, Secrets};

/// What an operator grants, as said; [`Grants::open`] makes it usable. By default nothing.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    directories: Vec<(PathBuf, GuestPath, bool)>,
    variables: Vec<Variable>,
    targets: Vec<NetTarget>,
}

/// An environment variable that is granted.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the value is kept out of everything that is told of a run.
    pub secret: bool,
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.secret { "…" } else { &self.value };
        f.debug_struct("Variable").field("name", &self.name).field("value", &value).finish_non_exhaustive()
    }
}

/// A directory that is granted, open: what becomes of its name later does not matter.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Where it is on the host, as the operator named it.
    pub host: PathBuf,
    /// Where it was when it was opened: absolute, and without links.
    pub canonical: PathBuf,
    /// Where a guest sees it.
    pub guest: GuestPath,
    /// Whether its files may be changed.
    pub write: bool,
    /// The directory itself.
    pub handle: Arc<File>,
}

/// Why a grant can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// What is granted can't be read.
    #[error(transparent)]
    Capability(#[from] CapabilityError),
    /// The directory can't be opened.
    #[error("cannot open the directory {}: {source}", path.display())]
    Open {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Two directories are to be seen at one place.
    #[error("{} and {} cannot both be `{guest}`", first.display(), second.display())]
    Clash {
        /// The one.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The place.
        guest: GuestPath,
    },
    /// A variable is granted twice, with different values.
    #[error("the variable `{0}` is granted twice, with different values")]
    VariableTwice(String),
}

impl Grants {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reading below the host's directory `host`, which guests see as `guest`.
    #[must_use]
    pub fn read(mut self, host: impl Into<PathBuf>, guest: GuestPath) -> Self {
        self.directories.push((host.into(), guest, false));
        self
    }

    /// Reading and changing what is below the host's directory `host`, which guests see as `guest`.
    #[must_use]
    pub fn write(mut self, host: impl Into<PathBuf>, guest: GuestPath) -> Self {
        self.directories.push((host.into(), guest, true));
        self
    }

    /// An environment variable whose value is no secret.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push(Variable { name: name.into(), value: value.into(), secret: false });
        self
    }

    /// An environment variable whose value is kept out of logs, events and error messages.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push(Variable { name: name.into(), value: value.into(), secret: true });
        self
    }

    /// Connecting to `target`. [`NetHost::Any`] means [`NetHost::Public`] here: who grants everyone does not mean the
    /// machines beside this one.
    #[must_use]
    pub fn net(mut self, target: NetTarget) -> Self {
        let host = match target.host {
            NetHost::Any => NetHost::Public,
            other => other,
        };
        self.targets.push(NetTarget { host, port: target.port });
        self
    }

    /// Opens the directories.
    ///
    /// # Errors
    /// [`GrantError`]: the first grant that can't be used.
    pub fn open(self) -> Result<Granted, GrantError> {
        let mut directories: Vec<Directory> = Vec::new();
        for (host, guest, write) in self.directories {
            if let Some(known) = directories.iter_mut().find(|known| known.guest == guest) {
                if !is_same(&known.host, &host) {
                    return Err(GrantError::Clash { first: known.host.clone(), second: host, guest });
                }
                known.write |= write;
                continue;
            }
            let failed = |source| GrantError::Open { path: host.clone(), source };
            let handle = Arc::new(open_directory(&host).map_err(failed)?);
            let canonical = host.canonicalize().map_err(failed)?;
            directories.push(Directory { host, canonical, guest, write, handle });
        }
        let mut variables: Vec<Variable> = Vec::new();
        for variable in self.variables {
            Capability::env(&variable.name)?;
            match variables.iter_mut().find(|known| known.name == variable.name) {
                None => variables.push(variable),
                Some(known) if known.value == variable.value => known.secret |= variable.secret,
                Some(_) => return Err(GrantError::VariableTwice(variable.name)),
            }
        }
        let all = Rights::all_of(&directories, &variables, &self.targets);
        let secrets = Secrets::among(&variables);
        Ok(Granted(Arc::new(Inner { directories, variables, all: Arc::new(all), secrets })))
    }
}

/// Whether two paths are of one directory.
fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn open_directory(path: &PathBuf) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Ok(file) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// Grants that can be used. Cheap to clone. By default nothing is granted.
#[derive(Debug, Clone, Default)]
pub struct Granted(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    directories: Vec<Directory>,
    variables: Vec<Variable>,
    all: Arc<Rights>,
    secrets: Option<Secrets>,
}

impl Granted {
    /// Whether both are the same grants, opened once.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The directories, each with its handle.
    pub fn directories(&self) -> &[Directory] {
        &self.0.directories
    }

    /// The environment variables.
    pub fn variables(&self) -> &[Variable] {
        &self.0.variables
    }

    /// What of it must not be told.
    pub fn secrets(&self) -> Option<&Secrets> {
        self.0.secrets.as_ref()
    }

    /// All of it, as rights.
    pub fn rights(&self) -> &Arc<Rights> {
        &self.0.all
    }
}
