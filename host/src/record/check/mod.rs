//! Checks a text against a schema in one pass from front to back, building nothing.
//!
//! Every violation is collected, with its path. Where alternatives have to be tried, the text is read again; what was
//! found for one place is remembered, so that unions within unions cost no more than their number times the text. That
//! product has a limit too: schema and text may both come from a guest.

mod containers;
pub(crate) mod got;
mod scalars;
mod seen;
mod unions;
mod wording;

use std::collections::HashMap;

use crate::record::check::wording::Wording;
use crate::record::json::JsonKind;
use crate::record::path::Trail;
use crate::record::reader::{Read, Reader};
use crate::record::schema::node::{Arena, Id, Kind};
use crate::record::violation::{InputError, Problem, Violation};

/// How many violations are listed; the others are counted.
pub(crate) const MOST_LISTED: usize = 100;
/// While alternatives are tried, so many are kept of each.
const MOST_LISTED_IN_TRIAL: usize = 4;

/// How much text may be read again while alternatives are tried, in bytes. What has to be tried more is refused.
pub(crate) const MOST_REREAD: usize = 1 << 30;
/// What a trial costs beside the text that it reads, as if it were so many bytes of it.
const TRIAL: usize = 64;
/// What a violation costs that is found in a trial, likewise.
const FINDING: usize = 1024;

/// How much of what trials find is remembered at a time.
const MOST_REMEMBERED: usize = 1 << 20;

/// How many trials may be under way inside one another. They take stack, and a thread has 2 MiB of it.
const MOST_OPEN_TRIALS: usize = 192;

/// Checks that a text is one JSON value that conforms to a schema.
pub(crate) fn check(arena: &Arena, schema: Id, text: &str) -> Result<(), InputError> {
    let mut left = MOST_REREAD;
    check_within(arena, schema, text, &mut left)
}

/// As [`check`], with a limit of its own to what is read again; what is left of it is given back.
pub(crate) fn check_within(arena: &Arena, schema: Id, text: &str, left: &mut usize) -> Result<(), InputError> {
    let mut checker = Checker {
        reader: Reader::new(text),
        arena,
        wording: Wording::new(arena),
        violations: Vec::new(),
        more: 0,
        listed: MOST_LISTED,
        tried: HashMap::new(),
        open_trials: 0,
        left: *left,
    };
    let read = checker.value(schema, Trail::Root).and_then(|()| checker.reader.end());
    *left = checker.left;
    read.map_err(|fault| InputError::Syntax(fault.in_text(text)))?;
    if checker.violations.is_empty() {
        return Ok(());
    }
    Err(InputError::Fields { violations: checker.violations, more: checker.more })
}

struct Checker<'a, 's> {
    reader: Reader<'a>,
    arena: &'s Arena,
    wording: Wording<'s>,
    violations: Vec<Violation>,
    /// Violations beyond those listed.
    more: usize,
    /// How many violations to list.
    listed: usize,
    /// What trials found inside the outermost one: by schema and place, the end of the value and whether it conforms.
    tried: HashMap<(Id, usize), (usize, bool)>,
    open_trials: usize,
    /// What is left of [`MOST_REREAD`].
    left: usize,
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
        let text = self.reader.since(start);
        self.note(trail, |words| Problem::WrongType { expected: words.phrase(schema), got: got::got(text) });
        Ok(())
    }

    fn note(&mut self, trail: Trail<'_>, problem: impl FnOnce(&mut Wording<'s>) -> Problem) {
        if self.is_listing() {
            let problem = problem(&mut self.wording);
            self.violations.push(Violation { path: trail.to_path(), problem });
            if self.open_trials > 0 {
                self.spend(FINDING);
            }
        } else {
            self.more += 1;
        }
    }

    /// Whether a violation is still listed, not only counted.
    fn is_listing(&self) -> bool {
        self.violations.len() < self.listed
    }

    /// Takes what was read again from what may be.
    fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Whether no more may be read again.
    fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Passes a value that cannot be checked any more.
    fn give_up(&mut self, trail: Trail<'_>) -> Read<()> {
        self.reader.skip(trail)?;
        self.note(trail, |_| Problem::Rule("has too many alternatives to be checked".to_owned()));
        Ok(())
    }

    /// How many violations were found so far.
    fn found(&self) -> usize {
        self.violations.len() + self.more
    }
}
