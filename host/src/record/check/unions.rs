//! Values that may be one of several things, and values that must be several at once.

use std::collections::HashMap;

use crate::record::check::{Checker, MOST_LISTED_IN_TRIAL, MOST_OPEN_TRIALS, MOST_REMEMBERED, TRIAL, got};
use crate::record::choices::Choices;
use crate::record::cut;
use crate::record::json::JsonKind;
use crate::record::keys::ObjectKeys;
use crate::record::path::Trail;
use crate::record::reader::{Mark, Read};
use crate::record::schema::kinds::KindSet;
use crate::record::schema::node::{Dispatch, Id, Tags, Union};
use crate::record::violation::{Problem, Violation};

/// How many of the alternatives that a value fits are named.
const NAMED: usize = 12;
/// How many alternatives a message follows into each other.
const MOST_NESTED: usize = 3;
/// A memory of so many entries is cleared; a larger one is replaced.
const FEW_REMEMBERED: usize = 1 << 10;

/// What trying one alternative gave.
struct Trial {
    schema: Id,
    violations: Vec<Violation>,
    count: usize,
}

impl Checker<'_, '_> {
    pub(super) fn union(&mut self, id: Id, union: &Union, found: JsonKind, trail: Trail<'_>) -> Read<()> {
        match &union.dispatch[KindSet::index(found)] {
            Dispatch::None => self.wrong_type(id, trail),
            Dispatch::One(schema) => self.value(*schema, trail),
            Dispatch::Tagged(tags) => match &tags.field {
                Some(field) => self.internally_tagged(field, tags, trail),
                None => self.externally_tagged(tags, trail),
            },
            Dispatch::Trial(candidates) => {
                self.once(id, trail, |checker| checker.try_each(union, candidates, trail))
            }
        }
    }

    /// Checks a value that has to conform to all of several schemas.
    pub(super) fn all(&mut self, id: Id, parts: &[Id], trail: Trail<'_>) -> Read<()> {
        self.once(id, trail, |checker| {
            let start = checker.reader.mark();
            let before = checker.violations.len();
            for &part in parts {
                checker.reader.rewind(start);
                if checker.is_spent() {
                    return checker.give_up(trail);
                }
                let known = checker.violations.len();
                checker.value(part, trail)?;
                checker.spend(TRIAL + checker.reader.at() - start.at());
                // Two parts may find the same fault with a value.
                let (old, new) = checker.violations.split_at(known);
                let new: Vec<Violation> = new.iter().filter(|new| !old[before..].contains(new)).cloned().collect();
                checker.violations.truncate(known);
                checker.violations.extend(new);
            }
            Ok(())
        })
    }

    /// Looks at one place with one schema only once, however many alternatives lead there: the second time, only
    /// whether it conforms is known.
    fn once(&mut self, id: Id, trail: Trail<'_>, look: impl FnOnce(&mut Self) -> Read<()>) -> Read<()> {
        let place = (id, self.reader.at());
        if let Some(&(end, conforms)) = self.tried.get(&place) {
            self.reader.jump(end);
            if !conforms {
                self.note(trail, |words| Problem::Rule(format!("does not fit {}", words.type_name(id))));
            }
            return Ok(());
        }
        if self.is_spent() {
            return self.give_up(trail);
        }
        if self.open_trials == MOST_OPEN_TRIALS {
            self.reader.skip(trail)?;
            self.note(trail, |_| Problem::Rule("is too deep inside alternatives to be checked".to_owned()));
            return Ok(());
        }
        let before = self.found();
        self.open_trials += 1;
        let outcome = look(self);
        self.open_trials -= 1;
        outcome?;
        if self.open_trials == 0 {
            self.forget();
        } else if self.tried.len() < MOST_REMEMBERED {
            self.tried.insert(place, (self.reader.at(), self.found() == before));
        }
        Ok(())
    }

    /// Forgets what was tried: nobody returns to a place before the end of the outermost trial.
    fn forget(&mut self) {
        if self.tried.capacity() <= FEW_REMEMBERED {
            self.tried.clear();
        } else {
            // Clearing takes time by the capacity, and small values may follow a large one.
            self.tried = HashMap::new();
        }
    }

    fn try_each(&mut self, union: &Union, candidates: &[Id], trail: Trail<'_>) -> Read<()> {
        let start = self.reader.mark();
        self.reader.skip(trail)?;
        let end = self.reader.at();
        let mut fitting = Vec::new();
        let mut best: Option<Trial> = None;
        for &schema in candidates {
            self.reader.rewind(start);
            if self.is_spent() {
                return self.give_up(trail);
            }
            let trial = self.try_one(schema, trail)?;
            self.spend(TRIAL + end - start.at());
            if trial.count == 0 {
                fitting.push(schema);
                if !union.exactly_one {
                    break;
                }
            } else if best.as_ref().is_none_or(|best| trial.count < best.count) {
                best = Some(trial);
            }
        }
        self.reader.rewind(start);
        self.reader.jump(end);
        match (fitting.len(), best) {
            (0, best) => self.no_alternative(candidates, best, trail),
            (1, _) => {}
            _ => self.note(trail, |words| {
                let mut names: Vec<String> = fitting.iter().take(NAMED).map(|&id| words.type_name(id)).collect();
                if fitting.len() > NAMED {
                    names.push(format!("… {} more", fitting.len() - NAMED));
                }
                let names = names.join(", ");
                Problem::Rule(format!("fits more than one alternative ({names}), and may fit only one"))
            }),
        }
        Ok(())
    }

    fn try_one(&mut self, schema: Id, trail: Trail<'_>) -> Read<Trial> {
        let violations = std::mem::take(&mut self.violations);
        let (more, listed) = (self.more, self.listed);
        (self.more, self.listed) = (0, MOST_LISTED_IN_TRIAL);
        let outcome = self.value(schema, trail);
        let trial =
            Trial { schema, count: self.found(), violations: std::mem::replace(&mut self.violations, violations) };
        (self.more, self.listed) = (more, listed);
        outcome.map(|()| trial)
    }

    fn no_alternative(&mut self, candidates: &[Id], best: Option<Trial>, trail: Trail<'_>) {
        self.note(trail, |words| Problem::NoAlternative {
            alternatives: Choices::of(candidates.iter().map(|&id| words.type_name(id))),
            nearest: best.and_then(|best| {
                let mut first = best.violations.into_iter().next()?;
                keep_nearest(&mut first, MOST_NESTED);
                Some(Box::new((words.type_name(best.schema), first)))
            }),
        });
    }

    /// `{"circle": {…}}`: the key that is a variant's name decides.
    fn externally_tagged(&mut self, tags: &Tags, trail: Trail<'_>) -> Read<()> {
        let start = self.reader.mark();
        self.reader.open()?;
        let mut first = true;
        let mut keys = ObjectKeys::begin(&self.reader);
        let mut chosen: Vec<(String, Id)> = Vec::new();
        let mut unknown = None;
        while let Some((literal, at)) = self.reader.key(&mut first)? {
            let key = literal.decode();
            match tags.variants.get(key.as_ref()) {
                // A variant that denies other keys will find them itself.
                Some(&variant) if tags.closed => return self.variant(variant, start, trail),
                Some(&variant) => chosen.push((key.clone().into_owned(), variant)),
                None => unknown = unknown.or_else(|| Some(key.clone().into_owned())),
            }
            keys.note(&mut self.reader, key.clone(), at, trail)?;
            self.reader.skip(Trail::Field(&trail, &key))?;
        }
        keys.end(&mut self.reader);
        match &chosen[..] {
            [] => {
                let got = || match &unknown {
                    None => "an empty object".to_owned(),
                    Some(key) => format!("the variant `{}`", cut::name(key)),
                };
                self.unknown_variant(tags, unknown.as_deref().unwrap_or_default(), got, trail);
                Ok(())
            }
            [(_, variant)] => self.variant(*variant, start, trail),
            [(one, _), (other, _), ..] => {
                self.note(trail, |_| {
                    Problem::Rule(format!(
                        "has more than one variant: `{}` and `{}`",
                        cut::name(one),
                        cut::name(other)
                    ))
                });
                Ok(())
            }
        }
    }

    /// `{"type": "circle", …}`: the value of one property decides.
    fn internally_tagged(&mut self, field: &str, tags: &Tags, trail: Trail<'_>) -> Read<()> {
        let start = self.reader.mark();
        self.reader.open()?;
        let mut first = true;
        let mut keys = ObjectKeys::begin(&self.reader);
        while let Some((literal, at)) = self.reader.key(&mut first)? {
            let key = literal.decode();
            let here = Trail::Field(&trail, &key);
            if key == field {
                let found = self.reader.kind()?;
                let from = self.reader.at();
                let tag = if found == JsonKind::String {
                    Some(self.reader.string()?.decode())
                } else {
                    self.reader.skip(here)?;
                    None
                };
                let got = self.reader.since(from);
                if let Some(&variant) = tag.as_ref().and_then(|tag| tags.variants.get(tag.as_ref())) {
                    return self.variant(variant, start, trail);
                }
                self.unknown_variant(tags, &tag.unwrap_or_default(), || got::got(got), here);
                self.reader.rewind(start);
                return self.reader.skip(trail);
            }
            keys.note(&mut self.reader, key.clone(), at, trail)?;
            self.reader.skip(here)?;
        }
        keys.end(&mut self.reader);
        self.note(Trail::Field(&trail, field), |_| Problem::Missing);
        Ok(())
    }

    /// Checks the value that began at a mark as the variant that its tag names.
    fn variant(&mut self, variant: Id, start: Mark, trail: Trail<'_>) -> Read<()> {
        // Where a tag comes last, a value is read once more on each level above it.
        self.spend(self.reader.at() - start.at());
        self.reader.rewind(start);
        if self.is_spent() { self.give_up(trail) } else { self.value(variant, trail) }
    }

    fn unknown_variant(&mut self, tags: &Tags, name: &str, got: impl FnOnce() -> String, trail: Trail<'_>) {
        self.note(trail, |words| Problem::NotAllowed {
            got: got(),
            allowed: Choices::of(tags.variants.keys()),
            nearest: words.nearest(name, tags.variants.keys().map(AsRef::as_ref)),
        });
    }
}

/// Cuts a chain of nearest alternatives, each in the one before, after so many.
fn keep_nearest(violation: &mut Violation, levels: usize) {
    if let Problem::NoAlternative { nearest, .. } = &mut violation.problem {
        match nearest {
            Some(_) if levels == 0 => *nearest = None,
            Some(inner) => keep_nearest(&mut inner.1, levels - 1),
            None => {}
        }
    }
}
