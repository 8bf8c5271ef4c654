//! Sets of JSON kinds.

use crate::record::json::JsonKind;

/// A set of the six kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KindSet(u8);

impl KindSet {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(0b11_1111);

    /// The kinds, in the order of [`index`](Self::index).
    pub(crate) const EACH: [JsonKind; 6] =
        [JsonKind::Null, JsonKind::Boolean, JsonKind::Number, JsonKind::String, JsonKind::Array, JsonKind::Object];

    pub(crate) fn of(kind: JsonKind) -> Self {
        Self(1 << Self::index(kind))
    }

    pub(crate) fn index(kind: JsonKind) -> usize {
        kind as usize
    }

    pub(crate) fn contains(self, kind: JsonKind) -> bool {
        self.0 & Self::of(kind).0 != 0
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<JsonKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = JsonKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, |set, kind| set.or(Self::of(kind)))
    }
}
