//! The things outside a sandbox that a task may use.

use std::fmt;

use std::borrow::Cow;

use crate::rights::{CapabilityError, GuestPath, NetHost, NetTarget, Secrets};

/// The longest name of a variable, in bytes.
const LONGEST_VARIABLE: usize = 1024;

/// Something outside the sandbox: as declared, as granted, or as a guest asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Reading files below a directory, or one file, as the guest sees it.
    Read(GuestPath),
    /// Reading and changing files below a directory, as the guest sees it.
    Write(GuestPath),
    /// One environment variable.
    Env(String),
    /// Connecting to someone, and resolving their name.
    Net(NetTarget),
}

/// A capability that a task declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// What the task may use at most.
    pub capability: Capability,
    /// Whether the task copes without. Otherwise an action that lacks it fails before anything is instantiated.
    pub optional: bool,
}

impl Capability {
    /// Reading below the guest's directory `path`.
    ///
    /// # Errors
    /// [`CapabilityError::Path`].
    pub fn read(path: &str) -> Result<Self, CapabilityError> {
        GuestPath::parse(path).map(Self::Read)
    }

    /// Reading and changing below the guest's directory `path`.
    ///
    /// # Errors
    /// [`CapabilityError::Path`].
    pub fn write(path: &str) -> Result<Self, CapabilityError> {
        GuestPath::parse(path).map(Self::Write)
    }

    /// The environment variable `name`.
    ///
    /// # Errors
    /// [`CapabilityError::Variable`].
    pub fn env(name: &str) -> Result<Self, CapabilityError> {
        let plain = !name.is_empty() && name.len() <= LONGEST_VARIABLE && !name.contains(['=', '\0']);
        if plain && !name.chars().any(char::is_control) {
            Ok(Self::Env(name.to_owned()))
        } else {
            Err(CapabilityError::Variable(name.chars().take(200).collect()))
        }
    }

    /// Connecting to `target`; see [`NetTarget::parse`].
    ///
    /// # Errors
    /// [`CapabilityError::Net`].
    pub fn net(target: &str) -> Result<Self, CapabilityError> {
        NetTarget::parse(target).map(Self::Net)
    }

    /// The command line's option that grants it.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Read(_) => "--allow-read",
            Self::Write(_) => "--allow-write",
            Self::Env(_) => "--allow-env",
            Self::Net(_) => "--allow-net",
        }
    }

    /// What of its kind it is, without the kind.
    pub fn argument(&self) -> String {
        match self {
            Self::Read(path) | Self::Write(path) => path.to_string(),
            Self::Env(name) => name.clone(),
            Self::Net(target) => target.to_string(),
        }
    }

    /// The capability with secrets masked in its argument.
    #[must_use]
    pub(super) fn masked(self, secrets: &Secrets) -> Self {
        let path = |path: GuestPath| match secrets.mask(&path.to_string()) {
            Cow::Borrowed(_) => path,
            Cow::Owned(masked) => GuestPath::parse(&masked).or_else(|_| GuestPath::parse("/***")).unwrap_or(path),
        };
        match self {
            Self::Read(own) => Self::Read(path(own)),
            Self::Write(own) => Self::Write(path(own)),
            Self::Env(name) => Self::Env(secrets.mask(&name).into_owned()),
            Self::Net(target) => {
                // A name is kept in lower case and without the dot at its end, and is the secret all the same.
                let tells = secrets.are_in(&target.to_string()) || secrets.are_in(&format!("{}.", target.host));
                let host = if tells { NetHost::Name("***".to_owned()) } else { target.host };
                Self::Net(NetTarget { host, port: target.port })
            }
        }
    }

    /// Its kind, in one word: `read`, `write`, `env` or `net`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Write(_) => "write",
            Self::Env(_) => "env",
            Self::Net(_) => "net",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.argument())
    }
}
