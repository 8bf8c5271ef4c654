//! Names for runs and actions.

use std::fmt;
use std::sync::Arc;

/// A run's id: `r` and 19 random lowercase letters and digits, as Flyte's are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunId(Arc<str>);

impl RunId {
    pub(crate) fn random() -> Self {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let tail = (0..19).map(|_| char::from(ALPHABET[fastrand::usize(..ALPHABET.len())]));
        Self(std::iter::once('r').chain(tail).collect::<String>().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An action's id, unique within its run: `a0` is the root, the others count up in order of invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub(crate) u64);

impl ActionId {
    /// The root of every run.
    pub const ROOT: Self = Self(0);
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a{}", self.0)
    }
}
