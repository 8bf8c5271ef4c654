//! Which properties an object has had.

use std::collections::HashSet;

/// Up to so many properties, a flag for each is cheaper than a set.
const MANY: usize = 1 << 10;

/// Which of a record's properties an object has had. Takes memory by what the object has, not by what it may have: a
/// list may have a million empty objects, of a type with ten thousand properties.
pub(super) enum Seen {
    Few(u64),
    Many(Vec<bool>),
    Sparse(HashSet<usize>),
}

impl Seen {
    pub(super) fn new(count: usize) -> Self {
        match count {
            0..=64 => Self::Few(0),
            65..=MANY => Self::Many(vec![false; count]),
            _ => Self::Sparse(HashSet::new()),
        }
    }

    /// Whether the property is new.
    #[inline]
    pub(super) fn insert(&mut self, index: usize) -> bool {
        match self {
            Self::Few(bits) => {
                let before = *bits;
                *bits |= 1 << index;
                *bits != before
            }
            Self::Many(flags) => !std::mem::replace(&mut flags[index], true),
            Self::Sparse(indices) => indices.insert(index),
        }
    }

    #[inline]
    pub(super) fn contains(&self, index: usize) -> bool {
        match self {
            Self::Few(bits) => bits & (1 << index) != 0,
            Self::Many(flags) => flags[index],
            Self::Sparse(indices) => indices.contains(&index),
        }
    }
}
