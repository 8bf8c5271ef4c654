//! What a guest was refused, and by whom.

use std::fmt;

use crate::rights::{Capability, Secrets};

/// A capability that a task asked for and does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{capability}: {withheld}")]
pub struct Denial {
    /// What was asked for.
    pub capability: Capability,
    /// Who withheld it.
    pub withheld: Withheld,
}

/// All who withhold a capability; at least one does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Withheld {
    /// The task does not declare it.
    pub undeclared: bool,
    /// The action that invoked the task does not have it: that action, as people know it.
    pub parent: Option<String>,
    /// The operator does not grant it.
    pub operator: bool,
    /// The name is granted, but what it resolves to is no public address; such an address has to be granted by itself.
    pub private_address: bool,
    /// It is the task's, but the host has no such directory.
    pub absent: bool,
    /// The host keeps it from every guest, whatever is granted: a port to listen at, say.
    pub never: bool,
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reasons = Vec::new();
        if self.never {
            reasons.push("no guest may do that".to_owned());
        }
        if self.undeclared {
            reasons.push("the task does not declare it".to_owned());
        }
        if let Some(parent) = &self.parent {
            reasons.push(format!("its parent {parent} does not have it"));
        }
        if self.operator {
            reasons.push("it is not granted".to_owned());
        }
        if self.private_address {
            reasons.push("the granted name leads to an address that is not public".to_owned());
        }
        if self.absent {
            reasons.push("it is granted, but there is no such directory on the host".to_owned());
        }
        match reasons.split_last() {
            None => f.write_str("it is withheld"),
            Some((last, [])) => f.write_str(last),
            Some((last, others)) => write!(f, "{}, and {last}", others.join(", ")),
        }
    }
}

impl Denial {
    /// The denial with secrets masked: what a guest asks for may carry one.
    #[must_use]
    pub fn masked(self, secrets: &Secrets) -> Self {
        Self { capability: self.capability.masked(secrets), ..self }
    }
}
