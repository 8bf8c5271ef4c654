//! What there was to choose from, for a message.

use std::fmt::{self, Display, Formatter};

use crate::record::cut;

/// How many are named.
const SHOWN: usize = 12;

/// The first of some names, and how many there are beyond them: an enum or a record may have any number.
///
/// Displays as `` `red`, `green` and 3 more ``.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    names: Vec<String>,
    more: usize,
}

impl Choices {
    /// Takes the first of the names, each cut where it is long, and counts the others without looking at them.
    pub(crate) fn of<T: AsRef<str>>(mut names: impl ExactSizeIterator<Item = T>) -> Self {
        let shown = names.by_ref().take(SHOWN).map(|name| cut::name(name.as_ref()).into_owned()).collect();
        Self { names: shown, more: names.len() }
    }

    /// The first names, at most 12, each of at most 64 characters.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many there are beyond those.
    #[must_use]
    pub fn more(&self) -> usize {
        self.more
    }

    /// Whether there are none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl Display for Choices {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (position, name) in self.names.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")?;
        }
        if self.more > 0 {
            write!(f, " and {} more", self.more)?;
        }
        Ok(())
    }
}
