//! Names for runs and actions.

use std::fmt;

/// A run's id: `r` and 19 random lowercase letters and digits, as Flyte's are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RunId([u8; RunId::LENGTH]);

impl RunId {
    const LENGTH: usize = 20;

    pub(crate) fn random() -> Self {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        // One number gives twelve of them: 36¹² fits in 64 bits.
        let mut random = [fastrand::u64(..36_u64.pow(12)), fastrand::u64(..36_u64.pow(7))];
        let mut id = [b'r'; Self::LENGTH];
        for (at, letter) in id.iter_mut().enumerate().skip(1) {
            let number = &mut random[usize::from(at > 12)];
            *letter = ALPHABET[(*number % 36) as usize];
            *number /= 36;
        }
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("all of them are ASCII")
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RunId").field(&self.as_str()).finish()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An action's id, unique within its run: `a0` is the root, the others count up in order of invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub(crate) u64);

impl ActionId {
    /// The root of every run.
    pub const ROOT: Self = Self(0);
}

/// The text is no action's id: `a`, and then a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an action's id is an `a` and a number, such as `a0`")]
pub struct NoActionId;

impl std::str::FromStr for ActionId {
    type Err = NoActionId;

    fn from_str(text: &str) -> Result<Self, NoActionId> {
        let digits = text.strip_prefix('a').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).map(Self).ok_or(NoActionId)
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a{}", self.0)
    }
}
