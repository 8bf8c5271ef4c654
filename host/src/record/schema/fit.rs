//! Whether the values of one schema may be passed to another, decided by their types alone.

use indexmap::IndexMap;

use crate::record::cut;
use crate::record::json::JsonKind;
use crate::record::path::Trail;
use crate::record::schema::error::{Fit, Mismatch};
use crate::record::schema::kinds::KindSet;
use crate::record::schema::name;
use crate::record::schema::node::{
    Arena, ArrayRules, Dispatch, Id, KeyRule, Kind, ObjectRules, Others, PropertyRules, StringRules, Union,
};
use crate::record::schema::number::{NumberFormat, NumberRules};

/// Beyond this, the answer is Perhaps: schemas from outside may ask for any amount of comparing.
const MOST_COMPARISONS: usize = 20_000;
/// The most fields, items, names and alternatives that are looked at for them, over all comparisons.
const MOST_STEPS: usize = 1 << 18;
const DEEPEST: usize = 100;

/// How well values of the schema `source` fit the schema `wanted`.
pub(crate) fn fit(wanted_arena: &Arena, wanted: Id, source_arena: &Arena, source: Id) -> Fit {
    let mut comparison = Comparison {
        wanted: wanted_arena,
        source: source_arena,
        known: IndexMap::new(),
        depth: 0,
        count: 0,
        steps: 0,
    };
    comparison.fit(wanted, source, Trail::Root)
}

struct Comparison<'s> {
    wanted: &'s Arena,
    source: &'s Arena,
    /// Pairs that were compared, and pairs that are being compared: those fit unless a difference shows elsewhere, which
    /// is what it means for recursive types to fit.
    known: IndexMap<(Id, Id), Fit>,
    depth: usize,
    count: usize,
    steps: usize,
}

impl Fit {
    /// Both must fit.
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No(_) => self,
            Self::Yes => other(),
            Self::Perhaps => match other() {
                no @ Self::No(_) => no,
                _ => Self::Perhaps,
            },
        }
    }

    fn yes_if(certain: bool) -> Self {
        if certain { Self::Yes } else { Self::Perhaps }
    }
}

impl Comparison<'_> {
    fn fit(&mut self, wanted: Id, source: Id, trail: Trail<'_>) -> Fit {
        let (wanted, source) = (self.wanted.resolve(wanted), self.source.resolve(source));
        if let Some(known) = self.known.get(&(wanted, source)) {
            return known.clone();
        }
        if self.count >= MOST_COMPARISONS || self.depth >= DEEPEST || self.steps >= MOST_STEPS {
            return Fit::Perhaps;
        }
        let before = self.known.len();
        self.known.insert((wanted, source), Fit::Yes);
        self.depth += 1;
        self.count += 1;
        self.steps += width(&self.wanted.node(wanted).kind) + width(&self.source.node(source).kind);
        let fit = self.compare(wanted, source, trail);
        self.depth -= 1;
        match fit {
            Fit::Yes => {}
            // What was found in between may rest on the assumption that this pair fits.
            Fit::Perhaps => {
                self.known.truncate(before);
                self.known.insert((wanted, source), Fit::Perhaps);
            }
            Fit::No(_) => self.known.truncate(before),
        }
        fit
    }

    fn compare(&mut self, wanted: Id, source: Id, trail: Trail<'_>) -> Fit {
        let (to, from) = (self.wanted, self.source);
        match (&to.node(wanted).kind, &from.node(source).kind) {
            (Kind::Any, _) | (_, Kind::Never) | (Kind::Null, Kind::Null) | (Kind::Boolean, Kind::Boolean) => {
                Fit::Yes
            }
            (Kind::Never, _) => self.no(wanted, source, trail),
            (_, Kind::Any) | (Kind::Names(_), Kind::String(_)) => Fit::Perhaps,
            (_, Kind::Union(union)) => self.union_given(wanted, source, union, trail),
            (Kind::Union(union), _) => self.union_wanted(wanted, union, source, trail),
            (Kind::All(parts), _) => {
                parts.iter().fold(Fit::Yes, |fit, &part| fit.and(|| self.fit(part, source, trail)))
            }
            (_, Kind::All(_)) if !to.node(wanted).kinds.and(from.node(source).kinds).is_empty() => Fit::Perhaps,
            (Kind::Number(to), Kind::Number(from)) => match numbers(to, from) {
                Some(fit) => fit,
                None => self.no(wanted, source, trail),
            },
            (Kind::String(to), Kind::String(from)) => match strings(to, from) {
                Some(fit) => fit,
                None => self.no(wanted, source, trail),
            },
            (Kind::String(to), Kind::Names(_)) => Fit::yes_if(*to == StringRules::default()),
            (Kind::Names(to), Kind::Names(from)) => match from.iter().find(|name| !to.contains(*name)) {
                None => Fit::Yes,
                Some(name) => self.mismatch(wanted, source, trail, |wanted, _| {
                    format!("`{}` does not fit {wanted}", cut::name(name))
                }),
            },
            (Kind::Array(to), Kind::Array(from)) => self.arrays(wanted, to, source, from, trail),
            (Kind::Object(to), Kind::Object(from)) => self.objects(wanted, to, source, from, trail),
            (Kind::Values(_), _) | (_, Kind::Values(_))
                if !to.node(wanted).kinds.and(from.node(source).kinds).is_empty() =>
            {
                Fit::Perhaps
            }
            _ => self.no(wanted, source, trail),
        }
    }

    /// Every alternative of the source must fit, but for untagged unions, of which some may.
    fn union_given(&mut self, wanted: Id, source: Id, union: &Union, trail: Trail<'_>) -> Fit {
        let mut worst = Fit::Yes;
        let (mut some, mut refused, mut null_refused) = (false, None, false);
        for &part in &union.alternatives {
            match self.fit(wanted, part, trail) {
                Fit::Yes => some = true,
                Fit::Perhaps => (some, worst) = (true, Fit::Perhaps),
                Fit::No(_) if matches!(self.source.kind(part), Kind::Null) => null_refused = true,
                Fit::No(mismatch) => refused = refused.or(Some(mismatch)),
            }
        }
        let nullable = union.alternatives.len() == 2 && self.source.node(source).kinds.contains(JsonKind::Null);
        let tagged = union.dispatch.iter().any(|dispatch| matches!(dispatch, Dispatch::Tagged(_)));
        match refused {
            // What is wrong with the type itself tells more than that it may be null.
            Some(mismatch) if nullable || tagged => Fit::No(mismatch),
            _ if null_refused => self.no(wanted, source, trail),
            Some(_) if !some => self.no(wanted, source, trail),
            Some(_) => Fit::Perhaps,
            None => worst,
        }
    }

    /// One alternative must fit.
    fn union_wanted(&mut self, wanted: Id, union: &Union, source: Id, trail: Trail<'_>) -> Fit {
        let mut best = None;
        let mut perhaps = false;
        let kinds = self.source.node(source).kinds;
        let mut related = 0;
        for &part in &union.alternatives {
            match self.fit(part, source, trail) {
                Fit::Yes if !union.exactly_one || is_dispatched(union, kinds) => return Fit::Yes,
                Fit::Yes | Fit::Perhaps => perhaps = true,
                Fit::No(mismatch) if !self.wanted.node(part).kinds.and(kinds).is_empty() => {
                    related += 1;
                    best = Some(mismatch);
                }
                Fit::No(_) => {}
            }
        }
        match best {
            _ if perhaps => Fit::Perhaps,
            // The only alternative of the same kind tells best what is wrong.
            Some(mismatch) if related == 1 => Fit::No(mismatch),
            _ => self.no(wanted, source, trail),
        }
    }

    fn arrays(&mut self, wanted: Id, to: &ArrayRules, source: Id, from: &ArrayRules, trail: Trail<'_>) -> Fit {
        if to.length.exclude(from.length) {
            let its = from.length.phrase("item", "items");
            let mine = to.length.phrase("item", "items");
            return self
                .mismatch(wanted, source, trail, |_, _| format!("an array of {its} does not fit one of {mine}"));
        }
        let mut fit = Fit::yes_if(to.length.include(from.length) && (!to.unique || from.unique));
        let item = |rules: &ArrayRules, index: usize| match (rules.prefix.get(index), rules.rest) {
            (Some(&schema), _) => Others::Schema(schema),
            (None, rest) => rest,
        };
        for index in 0..to.prefix.len().max(from.prefix.len()) {
            if from.length.most.is_some_and(|most| index >= most)
                || to.length.most.is_some_and(|most| index >= most)
            {
                break;
            }
            let (mine, its) = (item(to, index), item(from, index));
            fit = fit.and(|| self.others(mine, its, Trail::Index(&trail, index)));
        }
        let rest_exists = |rules: &ArrayRules| rules.length.most.is_none_or(|most| most > rules.prefix.len());
        if rest_exists(to) && rest_exists(from) {
            fit = fit.and(|| self.others(to.rest, from.rest, Trail::Each(&trail)));
        }
        fit
    }

    fn others(&mut self, wanted: Others, source: Others, trail: Trail<'_>) -> Fit {
        match (wanted, source) {
            (Others::Free, _) | (_, Others::Denied) => Fit::Yes,
            (Others::Schema(wanted), Others::Schema(source)) => self.fit(wanted, source, trail),
            (Others::Schema(_), Others::Free) | (Others::Denied, _) => Fit::Perhaps,
        }
    }

    fn objects(&mut self, wanted: Id, to: &ObjectRules, source: Id, from: &ObjectRules, trail: Trail<'_>) -> Fit {
        let mut fit = Fit::Yes;
        for (name, mine) in &to.properties {
            let here = Trail::Field(&trail, name);
            let its = from.properties.get(name);
            fit = fit.and(|| self.property(wanted, mine, source, its, from, here));
        }
        for (name, its) in &from.properties {
            if to.properties.contains_key(name) {
                continue;
            }
            let here = Trail::Field(&trail, name);
            fit = fit.and(|| match to.additional {
                Others::Free => Fit::Yes,
                Others::Schema(schema) => self.fit(schema, its.schema, here),
                Others::Denied => self
                    .mismatch(wanted, source, here, |wanted, _| format!("{} has no such field", subject(wanted))),
            });
        }
        if let Others::Schema(_) = from.additional {
            fit = fit.and(|| self.others(to.additional, from.additional, Trail::Each(&trail)));
            fit = fit.and(|| Fit::yes_if(to.keys == KeyRule::Any || to.keys == from.keys));
        } else if from.properties.is_empty() && from.additional == Others::Free {
            fit = fit.and(|| Fit::yes_if(to.properties.is_empty() && to.additional == Others::Free));
        }
        let count = from.properties.values().filter(|property| property.required).count();
        let bounded = crate::record::schema::node::Bounds {
            least: from.length.least.max(count),
            most: from.length.most.or((from.additional == Others::Denied).then_some(from.properties.len())),
        };
        fit.and(|| Fit::yes_if(to.length.include(bounded)))
    }

    fn property(
        &mut self,
        wanted: Id,
        mine: &PropertyRules,
        source: Id,
        its: Option<&PropertyRules>,
        from: &ObjectRules,
        here: Trail<'_>,
    ) -> Fit {
        match (its, from.additional) {
            (Some(its), _) if mine.required && !its.required => {
                let fit = self.fit(mine.schema, its.schema, here);
                fit.and(|| {
                    self.mismatch(wanted, source, here, |wanted, source| {
                        format!("optional in {}, required in {}", subject(source), subject(wanted))
                    })
                })
            }
            (Some(its), _) => self.fit(mine.schema, its.schema, here),
            (None, Others::Schema(its)) => self.fit(mine.schema, its, here).and(|| Fit::yes_if(!mine.required)),
            (None, Others::Free) if from.properties.is_empty() => Fit::Perhaps,
            (None, _) if mine.required => {
                self.mismatch(wanted, source, here, |_, source| format!("missing in {}", subject(source)))
            }
            (None, _) => Fit::Yes,
        }
    }

    fn no(&self, wanted: Id, source: Id, trail: Trail<'_>) -> Fit {
        let (mut mine, mut its) = (name::phrase(self.wanted, wanted), name::phrase(self.source, source));
        if mine == its {
            // The same in general, so the difference is in the particulars.
            (mine, its) = (name::detailed(self.wanted, wanted), name::detailed(self.source, source));
        }
        self.mismatch(wanted, source, trail, |_, _| format!("{its} does not fit {mine}"))
    }

    fn mismatch(
        &self,
        wanted: Id,
        source: Id,
        trail: Trail<'_>,
        problem: impl FnOnce(&str, &str) -> String,
    ) -> Fit {
        let wanted_type = name::type_name(self.wanted, wanted);
        let source_type = name::type_name(self.source, source);
        let problem = problem(&wanted_type, &source_type);
        Fit::No(Mismatch { path: trail.to_path(), source_type, wanted_type, problem })
    }
}

/// How much there is to look at in a node, beside the nodes that it refers to.
fn width(kind: &Kind) -> usize {
    match kind {
        Kind::Object(rules) => rules.properties.len(),
        Kind::Array(rules) => rules.prefix.len(),
        Kind::Names(names) => names.len(),
        Kind::All(parts) => parts.len(),
        Kind::Union(union) => union.alternatives.len(),
        _ => 1,
    }
}

/// A type's name where it is short enough to be a subject.
fn subject(name: &str) -> &str {
    if name.contains(' ') { "the record" } else { name }
}

/// Whether a value of any of these kinds is led to one alternative without trying.
fn is_dispatched(union: &Union, kinds: KindSet) -> bool {
    KindSet::EACH
        .into_iter()
        .all(|kind| !kinds.contains(kind) || !matches!(union.dispatch[KindSet::index(kind)], Dispatch::Trial(_)))
}

/// None where the types do not go together.
fn numbers(wanted: &NumberRules, source: &NumberRules) -> Option<Fit> {
    if (wanted.whole && !source.whole) || wanted.range_excludes(source) {
        return None;
    }
    let in_range = wanted.range_includes(source);
    if let (Some(NumberFormat::Whole(..)), Some(NumberFormat::Whole(..))) = (wanted.format, source.format)
        && !in_range
        && !NumberRules::new(true, wanted.format, None, None, None).range_includes(source)
    {
        return None;
    }
    let multiple =
        wanted.multiple.as_ref().is_none_or(|mine| source.multiple.as_ref().is_some_and(|its| its.0 == mine.0));
    let narrows = wanted.format == Some(NumberFormat::Float) && !source.whole && source.format != wanted.format;
    Some(Fit::yes_if(in_range && multiple && !narrows))
}

/// None where the types do not go together.
fn strings(wanted: &StringRules, source: &StringRules) -> Option<Fit> {
    let format = match (wanted.format, source.format) {
        (None, _) => true,
        (Some(mine), Some(its)) if mine == its => true,
        (Some(_), Some(_)) => return None,
        (Some(_), None) => false,
    };
    if wanted.length.exclude(source.length) {
        return None;
    }
    let annotation = wanted.annotation.is_none() || wanted.annotation == source.annotation;
    Some(Fit::yes_if(format && annotation && wanted.length.include(source.length)))
}
