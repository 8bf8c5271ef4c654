//! Arrays and objects.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::record::check::{Checker, got};
use crate::record::keys::{ObjectKeys, duplicate};
use crate::record::nearest::nearest;
use crate::record::path::Trail;
use crate::record::reader::Read;
use crate::record::schema::node::{ArrayRules, KeyRule, ObjectRules, Others, PropertyRules};
use crate::record::tree::Tree;
use crate::record::violation::Problem;

impl Checker<'_, '_> {
    pub(super) fn array(&mut self, rules: &ArrayRules, trail: Trail<'_>) -> Read<()> {
        self.reader.open()?;
        let mut first = true;
        let mut count = 0;
        let mut distinct = rules.unique.then(HashSet::new);
        while self.reader.item(&mut first)? {
            let here = Trail::Index(&trail, count);
            self.reader.kind()?;
            let start = self.reader.at();
            match (rules.prefix.get(count), rules.rest) {
                (Some(&schema), _) | (None, Others::Schema(schema)) => self.value(schema, here)?,
                (None, Others::Free | Others::Denied) => self.reader.skip(here)?,
            }
            if let Some(distinct) = &mut distinct {
                let text = self.reader.since(start);
                let is_new = Tree::parse(text).is_ok_and(|item| distinct.insert(item.canonical()));
                if !is_new {
                    self.note(here, || Problem::Rule(format!("{} is in the list before", got::got(text))));
                }
            }
            count += 1;
        }
        if !rules.length.allow(count) {
            let expected = rules.length.phrase("item", "items");
            self.note(trail, || Problem::Rule(format!("expected {expected}, got {count}")));
        }
        Ok(())
    }

    pub(super) fn object(&mut self, rules: &ObjectRules, trail: Trail<'_>) -> Read<()> {
        self.reader.open()?;
        let mut first = true;
        let mut count = 0;
        let mut seen = Seen::new(rules.properties.len());
        let mut others = ObjectKeys::begin(&self.reader);
        let mut expected = 0;
        while let Some((literal, at)) = self.reader.key(&mut first)? {
            count += 1;
            let key = literal.decode();
            if let Some((index, property)) = find(&rules.properties, &key, expected) {
                if !seen.insert(index) {
                    return Err(duplicate(key.into_owned(), at, trail));
                }
                expected = index + 1;
                self.value(property.schema, Trail::Field(&trail, &key))?;
            } else {
                others.note(&mut self.reader, key.clone(), at, trail)?;
                self.other_member(rules, &seen, &key, trail)?;
            }
        }
        others.end(&mut self.reader);
        for (index, (name, property)) in rules.properties.iter().enumerate() {
            if property.required && !seen.contains(index) {
                self.note(Trail::Field(&trail, name), || Problem::Missing);
            }
        }
        if !rules.length.allow(count) {
            let expected = rules.length.phrase("member", "members");
            self.note(trail, || Problem::Rule(format!("expected {expected}, got {count}")));
        }
        Ok(())
    }

    /// A member that is none of the named properties.
    fn other_member(&mut self, rules: &ObjectRules, seen: &Seen, key: &str, trail: Trail<'_>) -> Read<()> {
        let here = Trail::Field(&trail, key);
        match &rules.keys {
            KeyRule::Any => {}
            KeyRule::Whole { signed } => {
                let digits = if *signed { key.strip_prefix('-').unwrap_or(key) } else { key };
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    self.note(here, || Problem::Rule("the key is not a whole number".to_owned()));
                }
            }
            KeyRule::Names(names) if names.contains(key) => {}
            KeyRule::Names(names) => self.note(here, || {
                let names = names.iter().map(AsRef::as_ref);
                unknown(nearest(key, names.clone()), names)
            }),
            KeyRule::Text(text) => {
                let quoted = crate::record::layout::quote(key);
                self.string_rules(text, key, &quoted, here);
            }
        }
        match rules.additional {
            Others::Free => self.reader.skip(here),
            Others::Schema(schema) => self.value(schema, here),
            Others::Denied => {
                self.note(here, || {
                    // A field that is there already was not misspelt.
                    let names = rules.properties.keys().map(AsRef::as_ref);
                    let free = names.clone().enumerate().filter(|&(index, _)| !seen.contains(index));
                    unknown(nearest(key, free.map(|(_, name)| name)), names)
                });
                self.reader.skip(here)
            }
        }
    }
}

fn unknown<'n>(nearest: Option<&str>, known: impl Iterator<Item = &'n str>) -> Problem {
    Problem::UnknownField { nearest: nearest.map(ToOwned::to_owned), known: known.map(ToOwned::to_owned).collect() }
}

/// Finds a property. The keys of most inputs come in the order of their schema, so the next one is tried first.
#[inline]
fn find<'r>(
    properties: &'r IndexMap<Box<str>, PropertyRules>,
    key: &str,
    expected: usize,
) -> Option<(usize, &'r PropertyRules)> {
    if let Some((name, property)) = properties.get_index(expected)
        && name.as_ref() == key
    {
        return Some((expected, property));
    }
    properties.get_full(key).map(|(index, _, property)| (index, property))
}

/// Which properties an object has had.
enum Seen {
    Few(u64),
    Many(Vec<bool>),
}

impl Seen {
    fn new(count: usize) -> Self {
        if count <= 64 { Self::Few(0) } else { Self::Many(vec![false; count]) }
    }

    /// Whether the property is new.
    #[inline]
    fn insert(&mut self, index: usize) -> bool {
        match self {
            Self::Few(bits) => {
                let before = *bits;
                *bits |= 1 << index;
                *bits != before
            }
            Self::Many(flags) => !std::mem::replace(&mut flags[index], true),
        }
    }

    #[inline]
    fn contains(&self, index: usize) -> bool {
        match self {
            Self::Few(bits) => bits & (1 << index) != 0,
            Self::Many(flags) => flags[index],
        }
    }
}
