//! Values that may be one of several things, and values that must be several at once.

use crate::record::check::{Checker, MOST_LISTED_IN_TRIAL, MOST_OPEN_TRIALS, got};
use crate::record::json::JsonKind;
use crate::record::keys::ObjectKeys;
use crate::record::nearest::nearest;
use crate::record::path::Trail;
use crate::record::reader::Read;
use crate::record::schema::kinds::KindSet;
use crate::record::schema::name;
use crate::record::schema::node::{Dispatch, Id, Tags, Union};
use crate::record::violation::{Problem, Violation};

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
                let known = checker.violations.len();
                checker.value(part, trail)?;
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
                let expected = name::type_name(self.arena, id);
                self.note(trail, || Problem::Rule(format!("does not fit {expected}")));
            }
            return Ok(());
        }
        if self.open_trials == MOST_OPEN_TRIALS {
            self.reader.skip(trail)?;
            self.note(trail, || Problem::Rule("is too deep inside alternatives to be checked".to_owned()));
            return Ok(());
        }
        let before = self.found();
        self.open_trials += 1;
        let outcome = look(self);
        self.open_trials -= 1;
        outcome?;
        self.tried.insert(place, (self.reader.at(), self.found() == before));
        Ok(())
    }

    fn try_each(&mut self, union: &Union, candidates: &[Id], trail: Trail<'_>) -> Read<()> {
        let start = self.reader.mark();
        self.reader.skip(trail)?;
        let end = self.reader.at();
        let mut fitting = Vec::new();
        let mut best: Option<Trial> = None;
        for &schema in candidates {
            self.reader.rewind(start);
            let trial = self.try_one(schema, trail)?;
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
            _ => {
                let names: Vec<String> = fitting.iter().map(|&id| name::type_name(self.arena, id)).collect();
                self.note(trail, || {
                    Problem::Rule(format!(
                        "fits more than one alternative ({}), and may fit only one",
                        names.join(", ")
                    ))
                });
            }
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
        let arena = self.arena;
        self.note(trail, || Problem::NoAlternative {
            alternatives: candidates.iter().map(|&id| name::type_name(arena, id)).collect(),
            nearest: best.and_then(|best| {
                let first = best.violations.into_iter().next()?;
                Some(Box::new((name::type_name(arena, best.schema), first)))
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
                Some(&variant) if tags.closed => {
                    self.reader.rewind(start);
                    return self.value(variant, trail);
                }
                Some(&variant) => chosen.push((key.clone().into_owned(), variant)),
                None => unknown = unknown.or_else(|| Some(key.clone().into_owned())),
            }
            keys.note(&mut self.reader, key.clone(), at, trail)?;
            self.reader.skip(Trail::Field(&trail, &key))?;
        }
        keys.end(&mut self.reader);
        match &chosen[..] {
            [] => {
                let got =
                    unknown.as_ref().map_or("an empty object".to_owned(), |key| format!("the variant `{key}`"));
                self.unknown_variant(tags, unknown.as_deref().unwrap_or_default(), got, trail);
                Ok(())
            }
            [(_, variant)] => {
                self.reader.rewind(start);
                self.value(*variant, trail)
            }
            [(one, _), (other, _), ..] => {
                self.note(trail, || Problem::Rule(format!("has more than one variant: `{one}` and `{other}`")));
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
                    self.reader.rewind(start);
                    return self.value(variant, trail);
                }
                self.unknown_variant(tags, &tag.unwrap_or_default(), got::got(got), here);
                self.reader.rewind(start);
                return self.reader.skip(trail);
            }
            keys.note(&mut self.reader, key.clone(), at, trail)?;
            self.reader.skip(here)?;
        }
        keys.end(&mut self.reader);
        self.note(Trail::Field(&trail, field), || Problem::Missing);
        Ok(())
    }

    fn unknown_variant(&mut self, tags: &Tags, name: &str, got: String, trail: Trail<'_>) {
        self.note(trail, || Problem::NotAllowed {
            got,
            allowed: tags.variants.keys().map(ToString::to_string).collect(),
            nearest: nearest(name, tags.variants.keys().map(AsRef::as_ref)).map(ToOwned::to_owned),
        });
    }
}
