//! The compiled form of a schema: a graph in one vector, so that recursion costs nothing and a drop never nests.

use std::ops::Range;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use crate::record::json::Json;
use crate::record::schema::format::StringFormat;
use crate::record::schema::kinds::KindSet;
use crate::record::schema::number::NumberRules;

/// The position of a node in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id(pub(crate) usize);

/// All nodes of a schema.
#[derive(Debug)]
pub(crate) struct Arena {
    pub(crate) text: Arc<str>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: Id,
}

/// One schema: what it demands and what it tells.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// The kinds of JSON value that can conform.
    pub(crate) kinds: KindSet,
    /// Where its text stands in the arena's.
    pub(crate) span: Range<usize>,
    /// The key under `$defs`.
    pub(crate) name: Option<Box<str>>,
    pub(crate) title: Option<Box<str>>,
    pub(crate) description: Option<Box<str>>,
    pub(crate) default: Option<Json>,
}

/// What a schema demands.
#[derive(Debug)]
pub(crate) enum Kind {
    Any,
    Never,
    Null,
    Boolean,
    Number(Box<NumberRules>),
    String(StringRules),
    Array(ArrayRules),
    Object(Box<ObjectRules>),
    /// One of these strings.
    Names(IndexSet<Box<str>>),
    /// One of these values, by their canonical texts: see `Tree::canonical`.
    Values(IndexMap<String, Json>),
    /// Another node, which is no alias.
    Alias(Id),
    /// All of these.
    All(Vec<Id>),
    Union(Box<Union>),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct StringRules {
    pub(crate) format: Option<StringFormat>,
    /// A format that is taken as an annotation.
    pub(crate) annotation: Option<Box<str>>,
    /// In characters.
    pub(crate) length: Bounds,
}

#[derive(Debug)]
pub(crate) struct ArrayRules {
    /// The items at fixed positions.
    pub(crate) prefix: Vec<Id>,
    /// The items behind them.
    pub(crate) rest: Others,
    pub(crate) length: Bounds,
    pub(crate) unique: bool,
}

#[derive(Debug)]
pub(crate) struct ObjectRules {
    pub(crate) properties: IndexMap<Box<str>, PropertyRules>,
    /// The places of those that are required, in order: an object without them is not to cost a look at all others.
    pub(crate) required: Vec<usize>,
    pub(crate) additional: Others,
    pub(crate) keys: KeyRule,
    pub(crate) length: Bounds,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PropertyRules {
    pub(crate) schema: Id,
    pub(crate) required: bool,
}

/// Items and properties that are not named one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    Free,
    Denied,
    Schema(Id),
}

/// What the keys of additional properties must be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyRule {
    Any,
    /// A whole number in decimal: the keys of a map from integers.
    Whole {
        signed: bool,
    },
    Names(IndexSet<Box<str>>),
    Text(StringRules),
}

/// A smallest and a largest count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) least: usize,
    pub(crate) most: Option<usize>,
}

/// Several alternatives, and how to tell which one a value is meant to be.
#[derive(Debug)]
pub(crate) struct Union {
    pub(crate) alternatives: Vec<Id>,
    /// `oneOf`: a value that fits two alternatives does not conform.
    pub(crate) exactly_one: bool,
    /// By the kind of value, in the order of `KindSet::EACH`.
    pub(crate) dispatch: [Dispatch; 6],
}

/// The alternatives for one kind of value.
#[derive(Debug, Default)]
pub(crate) enum Dispatch {
    #[default]
    None,
    One(Id),
    Tagged(Box<Tags>),
    /// Nothing tells them apart but trying.
    Trial(Vec<Id>),
}

/// Objects that a tag tells apart: the forms serde gives to enums.
#[derive(Debug)]
pub(crate) struct Tags {
    /// The property whose value is the tag; None where the only property's name is the tag.
    pub(crate) field: Option<Box<str>>,
    pub(crate) variants: IndexMap<Box<str>, Id>,
    /// Whether the variants deny further properties.
    pub(crate) closed: bool,
}

impl ObjectRules {
    pub(crate) fn new(
        properties: IndexMap<Box<str>, PropertyRules>,
        additional: Others,
        keys: KeyRule,
        length: Bounds,
    ) -> Self {
        let required = properties.values().enumerate().filter(|(_, property)| property.required);
        Self { required: required.map(|(index, _)| index).collect(), properties, additional, keys, length }
    }
}

impl Bounds {
    #[inline]
    pub(crate) fn allow(self, count: usize) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }

    /// Whether these bounds allow every count that `other` allows.
    pub(crate) fn include(self, other: Self) -> bool {
        self.least <= other.least && self.most.is_none_or(|most| other.most.is_some_and(|other| other <= most))
    }

    /// Whether no count satisfies both.
    pub(crate) fn exclude(self, other: Self) -> bool {
        self.most.is_some_and(|most| most < other.least) || other.most.is_some_and(|most| most < self.least)
    }

    /// The bounds as a phrase: `3 items`, `1 to 5 characters`, `at least 1 item`.
    pub(crate) fn phrase(self, one: &str, many: &str) -> String {
        let noun = |count| if count == 1 { one } else { many };
        match (self.least, self.most) {
            (least, Some(most)) if least == most => format!("{least} {}", noun(least)),
            (0, Some(most)) => format!("at most {most} {}", noun(most)),
            (least, Some(most)) => format!("{least} to {most} {}", noun(most)),
            (least, None) => format!("at least {least} {}", noun(least)),
        }
    }
}

impl Arena {
    #[inline]
    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0]
    }

    /// The node itself, or the one it is an alias of.
    #[inline]
    pub(crate) fn resolve(&self, id: Id) -> Id {
        match self.nodes[id.0].kind {
            Kind::Alias(target) => target,
            _ => id,
        }
    }

    /// The kind of the node, aliases resolved.
    pub(crate) fn kind(&self, id: Id) -> &Kind {
        &self.nodes[self.resolve(id).0].kind
    }
}
