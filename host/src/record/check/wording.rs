//! What messages say of types and names, at a bounded cost: where alternatives are tried, the same is said a million
//! times, and mostly thrown away.

use std::collections::HashMap;

use crate::record::nearest::nearest_within;
use crate::record::schema::name;
use crate::record::schema::node::{Arena, Id};

/// How many pairs of characters one check may compare for its suggestions; beyond them, it makes none.
const MOST_COMPARED: usize = 1 << 22;

/// Words for messages about one text.
pub(crate) struct Wording<'s> {
    arena: &'s Arena,
    type_names: HashMap<Id, String>,
    phrases: HashMap<Id, String>,
    left: usize,
}

impl<'s> Wording<'s> {
    pub(super) fn new(arena: &'s Arena) -> Self {
        Self { arena, type_names: HashMap::new(), phrases: HashMap::new(), left: MOST_COMPARED }
    }

    /// The type as a noun.
    pub(super) fn type_name(&mut self, id: Id) -> String {
        self.type_names.entry(id).or_insert_with(|| name::type_name(self.arena, id)).clone()
    }

    /// The type with its article.
    pub(super) fn phrase(&mut self, id: Id) -> String {
        self.phrases.entry(id).or_insert_with(|| name::phrase(self.arena, id)).clone()
    }

    /// The candidate that a name was probably meant to be.
    pub(super) fn nearest<'c>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<String> {
        nearest_within(name, candidates, &mut self.left).map(|name| crate::record::cut::name(name).into_owned())
    }
}
