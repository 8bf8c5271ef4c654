//! Arrays and objects.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::record::check::seen::Seen;
use crate::record::check::{Checker, got};
use crate::record::choices::Choices;
use crate::record::keys::{ObjectKeys, duplicate};
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
            if let Some(known) = distinct.as_mut().filter(|_| !self.is_spent()) {
                let text = self.reader.since(start);
                // Sets within sets are read once more for each of them.
                self.spend(text.len());
                let is_new = Tree::parse(text).is_ok_and(|item| known.insert(item.canonical()));
                if !is_new {
                    self.note(here, |_| Problem::Rule(format!("{} is in the list before", got::got(text))));
                }
            }
            count += 1;
        }
        if rules.unique && self.is_spent() {
            self.note(trail, |_| Problem::Rule("is too large for its items to be told apart".to_owned()));
        }
        if !rules.length.allow(count) {
            let expected = rules.length.phrase("item", "items");
            self.note(trail, |_| Problem::Rule(format!("expected {expected}, got {count}")));
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
        let mut missing = rules.required.len();
        while let Some((literal, at)) = self.reader.key(&mut first)? {
            count += 1;
            let key = literal.decode();
            if let Some((index, property)) = find(&rules.properties, &key, expected) {
                if !seen.insert(index) {
                    return Err(duplicate(&key, at, trail));
                }
                missing -= usize::from(property.required);
                expected = index + 1;
                self.value(property.schema, Trail::Field(&trail, &key))?;
            } else {
                others.note(&mut self.reader, key.clone(), at, trail)?;
                self.other_member(rules, &seen, &key, trail)?;
            }
        }
        others.end(&mut self.reader);
        if missing > 0 {
            self.missing(rules, &seen, missing, trail);
        }
        if !rules.length.allow(count) {
            let expected = rules.length.phrase("member", "members");
            self.note(trail, |_| Problem::Rule(format!("expected {expected}, got {count}")));
        }
        Ok(())
    }

    /// Notes the required properties that an object does not have.
    fn missing(&mut self, rules: &ObjectRules, seen: &Seen, count: usize, trail: Trail<'_>) {
        let absent = rules.required.iter().filter(|&&index| !seen.contains(index));
        for (position, &index) in absent.take(count).enumerate() {
            if !self.is_listing() {
                self.more += count - position;
                return;
            }
            if let Some((name, _)) = rules.properties.get_index(index) {
                self.note(Trail::Field(&trail, name), |_| Problem::Missing);
            }
        }
    }

    /// A member that is none of the named properties.
    fn other_member(&mut self, rules: &ObjectRules, seen: &Seen, key: &str, trail: Trail<'_>) -> Read<()> {
        let here = Trail::Field(&trail, key);
        match &rules.keys {
            KeyRule::Any => {}
            KeyRule::Whole { signed } => {
                let digits = if *signed { key.strip_prefix('-').unwrap_or(key) } else { key };
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    self.note(here, |_| Problem::Rule("the key is not a whole number".to_owned()));
                }
            }
            KeyRule::Names(names) if names.contains(key) => {}
            KeyRule::Names(names) => self.note(here, |words| Problem::UnknownField {
                nearest: words.nearest(key, names.iter().map(AsRef::as_ref)),
                known: Choices::of(names.iter()),
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
                self.note(here, |words| {
                    // A field that is there already was not misspelt.
                    let names = rules.properties.keys().map(AsRef::as_ref).enumerate();
                    let free = names.filter(|&(index, _)| !seen.contains(index)).map(|(_, name)| name);
                    Problem::UnknownField {
                        nearest: words.nearest(key, free),
                        known: Choices::of(rules.properties.keys()),
                    }
                });
                self.reader.skip(here)
            }
        }
    }
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
