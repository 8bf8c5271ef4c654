//! What a command line needs to know of a schema.

use std::collections::HashSet;

use crate::record::json::{Json, JsonKind};
use crate::record::schema::Schema;
use crate::record::schema::name;
use crate::record::schema::node::{Id, Kind, Others};

/// What kind of value a schema describes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// Any value.
    Any,
    /// No value at all.
    Never,
    /// `null` only.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A string, perhaps of a certain format.
    String,
    /// One of these strings.
    Names(Vec<String>),
    /// One of these values, not all of which are strings.
    Values(Vec<Json>),
    /// An array; the schema of its items where they all share one.
    List(Option<Schema>),
    /// An array with a schema for each position.
    Tuple(Vec<Schema>),
    /// An object with named properties: see [`Schema::properties`].
    Record,
    /// An object with free keys; the schema of its values where they share one.
    Map(Option<Schema>),
    /// `null`, or a value of this schema.
    Nullable(Schema),
    /// One of several alternatives.
    Union {
        /// The alternatives that are just a name: the unit variants of an enum.
        names: Vec<String>,
        /// All alternatives.
        alternatives: Vec<Schema>,
    },
}

/// A property of a record.
#[derive(Clone, Debug)]
pub struct Property {
    /// The name.
    pub name: String,
    /// What its value must be.
    pub schema: Schema,
    /// Whether it must be there.
    pub required: bool,
}

impl Schema {
    /// What kind of value the schema describes.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let view = |id: Id| self.at(id);
        let others = |others| match others {
            Others::Schema(id) => Some(self.at(id)),
            Others::Free | Others::Denied => None,
        };
        match self.arena.kind(self.id) {
            Kind::Any | Kind::Alias(_) => Shape::Any,
            Kind::Never => Shape::Never,
            Kind::Null => Shape::Null,
            Kind::Boolean => Shape::Boolean,
            Kind::Number(rules) if rules.whole => Shape::Integer,
            Kind::Number(_) => Shape::Number,
            Kind::String(_) => Shape::String,
            Kind::Names(names) => Shape::Names(names.iter().map(ToString::to_string).collect()),
            Kind::Values(values) => Shape::Values(values.values().cloned().collect()),
            Kind::Array(rules) if rules.prefix.is_empty() => Shape::List(others(rules.rest)),
            Kind::Array(rules) => Shape::Tuple(rules.prefix.iter().copied().map(view).collect()),
            Kind::Object(rules) if rules.properties.is_empty() => Shape::Map(others(rules.additional)),
            Kind::Object(_) => Shape::Record,
            Kind::All(_) => {
                // The most telling part: a record if there is one.
                let parts = self.parts();
                let record = parts.iter().find(
                    |part| matches!(self.arena.kind(part.id), Kind::Object(rules) if !rules.properties.is_empty()),
                );
                record.or(parts.first()).map_or(Shape::Any, Self::shape)
            }
            Kind::Union(union) => match self.without_null() {
                Some(inner) => Shape::Nullable(inner),
                None => Shape::Union {
                    names: name::unit_names(&self.arena, union),
                    alternatives: union.alternatives.iter().copied().map(view).collect(),
                },
            },
        }
    }

    /// Whether a value of that kind can conform.
    #[must_use]
    pub fn allows(&self, kind: JsonKind) -> bool {
        self.arena.node(self.id).kinds.contains(kind)
    }

    /// Whether `null` conforms.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        self.allows(JsonKind::Null)
    }

    /// The other alternative of a union of two, one of which is `null`.
    fn without_null(&self) -> Option<Self> {
        let Kind::Union(union) = self.arena.kind(self.id) else { return None };
        let is_null = |id: Id| matches!(self.arena.kind(id), Kind::Null);
        match union.alternatives[..] {
            [null, other] | [other, null] if is_null(null) && !is_null(other) => Some(self.at(other)),
            _ => None,
        }
    }

    /// The parts of an `allOf`, and of those within it: each once, however many ways lead to it.
    fn parts(&self) -> Vec<Self> {
        let mut seen = HashSet::new();
        let mut open = vec![self.arena.resolve(self.id)];
        let mut parts = Vec::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.arena.kind(id) {
                Kind::All(inner) => open.extend(inner.iter().rev().map(|&part| self.arena.resolve(part))),
                _ => parts.push(self.at(id)),
            }
        }
        parts
    }

    /// The properties of a record, in order; also of a record that may be null, and of all records of an `allOf`.
    /// Empty for anything else.
    #[must_use]
    pub fn properties(&self) -> Vec<Property> {
        match self.arena.kind(self.id) {
            Kind::Object(rules) => rules
                .properties
                .iter()
                .map(|(name, property)| Property {
                    name: name.to_string(),
                    schema: self.at(property.schema),
                    required: property.required,
                })
                .collect(),
            Kind::All(_) => self.parts().iter().flat_map(Self::properties).collect(),
            Kind::Union(_) => self.without_null().map(|inner| inner.properties()).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The property of that name; where there is none, `kebab-case` is taken for `snake_case`. A map has its values
    /// under any name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<Property> {
        let properties = self.properties();
        let snake = name.replace('-', "_");
        let found = |name: &str| properties.iter().find(|property| property.name == name).cloned();
        found(name).or_else(|| found(&snake)).or_else(|| match self.shape() {
            Shape::Map(Some(schema)) => Some(Property { name: name.to_owned(), schema, required: false }),
            Shape::Nullable(inner) if matches!(inner.shape(), Shape::Map(_)) => inner.property(name),
            _ => None,
        })
    }
}
