//! Checks a text against a schema in one pass from front to back, building nothing.
//!
//! Every violation is collected, with its path. Where alternatives have to be tried, the text is read again; what was
//! found for one place is remembered, so that unions within unions cost no more than their number times the text.

mod containers;
mod got;
mod scalars;
mod unions;

use std::collections::HashMap;

use crate::record::json::JsonKind;
use crate::record::path::Trail;
use crate::record::reader::{Read, Reader};
use crate::record::schema::name;
use crate::record::schema::node::{Arena, Id, Kind};
use crate::record::violation::{InputError, Problem, Violation};

/// How many violations are listed; the others are counted.
pub(crate) const MOST_LISTED: usize = 100;
/// While alternatives are tried, so many are kept of each.
const MOST_LISTED_IN_TRIAL: usize = 4;

/// How many trials may be under way inside one another. They take stack, and a thread has 2 MiB of it.
const MOST_OPEN_TRIALS: usize = 192;

/// Checks that a text is one JSON value that conforms to a schema.
pub(crate) fn check(arena: &Arena, schema: Id, text: &str) -> Result<(), InputError> {
    let mut checker = Checker {
        reader: Reader::new(text),
        arena,
        violations: Vec::new(),
        more: 0,
        listed: MOST_LISTED,
        tried: HashMap::new(),
        open_trials: 0,
    };
    checker
        .value(schema, Trail::Root)
        .and_then(|()| checker.reader.end())
        .map_err(|fault| InputError::Syntax(fault.in_text(text)))?;
    if checker.violations.is_empty() {
        return Ok(());
    }
    Err(InputError::Fields { violations: checker.violations, more: checker.more })
}

struct Checker<'a, 's> {
    reader: Reader<'a>,
    arena: &'s Arena,
    violations: Vec<Violation>,
    /// Violations beyond those listed.
    more: usize,
    /// How many violations to list.
    listed: usize,
    /// What trials found: by schema and place, the end of the value and whether it conforms.
    tried: HashMap<(Id, usize), (usize, bool)>,
    open_trials: usize,
}

impl<'s> Checker<'_, 's> {
    /// Checks the value that follows. Only a fault of the text itself ends the walk.
    fn value(&mut self, schema: Id, trail: Trail<'_>) -> Read<()> {
        let found = self.reader.kind()?;
        let arena: &'s Arena = self.arena;
        let id = arena.resolve(schema);
        match (&arena.node(id).kind, found) {
            (Kind::Any, _) => self.reader.skip(trail),
            (Kind::Null, JsonKind::Null) | (Kind::Boolean, JsonKind::Boolean) => self.reader.word(),
            (Kind::Number(rules), JsonKind::Number) => self.number(id, rules, trail),
            (Kind::String(rules), JsonKind::String) => self.string(rules, trail),
            (Kind::Names(names), JsonKind::String) => self.name(names, trail),
            (Kind::Values(values), _) => self.fixed(values, trail),
            (Kind::Array(rules), JsonKind::Array) => self.array(rules, trail),
            (Kind::Object(rules), JsonKind::Object) => self.object(rules, trail),
            (Kind::Union(union), _) => self.union(id, union, found, trail),
            (Kind::All(parts), _) if arena.node(id).kinds.contains(found) => self.all(id, parts, trail),
            _ => self.wrong_type(id, trail),
        }
    }

    /// Notes that the value that follows is of another type, and passes it.
    fn wrong_type(&mut self, schema: Id, trail: Trail<'_>) -> Read<()> {
        let start = self.reader.at();
        self.reader.skip(trail)?;
        let got = got::got(self.reader.since(start));
        let arena = self.arena;
        self.note(trail, || Problem::WrongType { expected: name::phrase(arena, schema), got });
        Ok(())
    }

    fn note(&mut self, trail: Trail<'_>, problem: impl FnOnce() -> Problem) {
        if self.violations.len() < self.listed {
            self.violations.push(Violation { path: trail.to_path(), problem: problem() });
        } else {
            self.more += 1;
        }
    }

    /// How many violations were found so far.
    fn found(&self) -> usize {
        self.violations.len() + self.more
    }
}
