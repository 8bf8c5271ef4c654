//! What people call a type.

use std::borrow::Cow;
use std::cell::Cell;

use indexmap::IndexSet;

use crate::record::check::got;
use crate::record::cut::{self, LONGEST_TYPE, cut};
use crate::record::json::JsonKind;
use crate::record::schema::kinds::KindSet;
use crate::record::schema::node::{Arena, Dispatch, Id, Kind, ObjectRules, Others, PropertyRules, Union};
use crate::record::schema::number::{NumberFormat, NumberRules};

/// How far inside a type its parts are named.
const DEEPEST: usize = 5;
/// How many names of an enum are listed, and how many alternatives of a union.
const LISTED: usize = 8;
/// How many parts of a type are named.
const MOST_PARTS: usize = 64;
/// The most properties that are taken for the keys of a map.
const MOST_KEYS: usize = 32;

/// The name under which the schema is defined, or the title of a record, an enum or a tagged union. Titles of anything
/// else are captions rather than names: pydantic gives one to every property.
pub(crate) fn own_name(arena: &Arena, id: Id) -> Option<&str> {
    let node = arena.node(arena.resolve(id));
    let title = match &node.kind {
        Kind::Object(rules) => !rules.properties.is_empty(),
        Kind::Names(_) | Kind::All(_) => true,
        Kind::Union(union) => is_tagged(union),
        _ => false,
    };
    let own = if title { arena.node(id).title.as_deref().or(node.title.as_deref()) } else { None };
    node.name.as_deref().or(own)
}

fn is_tagged(union: &Union) -> bool {
    union.dispatch.iter().any(|dispatch| matches!(dispatch, Dispatch::Tagged(_)))
}

/// The type as a noun: `integer (uint8)`, `list of InferenceRequest`, `Color (one of red, green)`. At most 300 characters.
pub(crate) fn type_name(arena: &Arena, id: Id) -> String {
    shortened(Namer::new(arena).noun(id, 0))
}

/// The type with its range, to tell two apart that share a name.
pub(crate) fn detailed(arena: &Arena, id: Id) -> String {
    let name = type_name(arena, id);
    match arena.kind(id) {
        Kind::Number(rules) if !matches!(rules.format, Some(NumberFormat::Whole(..))) => match rules.range() {
            Some(range) => format!("{name} ({range})"),
            None => name,
        },
        _ => name,
    }
}

/// The type with its article, as a message expects it: `an integer`, `BatchRequest (an object)`. At most 300 characters.
pub(crate) fn phrase(arena: &Arena, id: Id) -> String {
    shortened(Namer::new(arena).words(id, 0))
}

fn shortened(name: String) -> String {
    match cut(&name, LONGEST_TYPE) {
        Cow::Borrowed(_) => name,
        Cow::Owned(cut) => cut,
    }
}

/// Puts a name together. A type may refer to itself in thousands of places, so the parts are counted over the whole name.
struct Namer<'a> {
    arena: &'a Arena,
    /// How many parts may still be named.
    left: Cell<usize>,
}

impl<'a> Namer<'a> {
    fn new(arena: &'a Arena) -> Self {
        Self { arena, left: Cell::new(MOST_PARTS) }
    }

    /// Whether one more part may be named.
    fn take(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn noun(&self, id: Id, depth: usize) -> String {
        let arena = self.arena;
        let id = arena.resolve(id);
        let name = own_name(arena, id).map(cut::name);
        let kind = &arena.node(id).kind;
        if let (Some(name), Kind::Names(names)) = (&name, kind) {
            return format!("{name} (one of {})", list(names.iter()));
        }
        if let Some(name) = name {
            return name.into_owned();
        }
        if depth == DEEPEST {
            return "value".to_owned();
        }
        if !self.take() {
            return "…".to_owned();
        }
        let inside = |id| self.noun(id, depth + 1);
        match kind {
            Kind::Any | Kind::Alias(_) => "any value".to_owned(),
            Kind::Never => "nothing".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Boolean => "boolean".to_owned(),
            Kind::Number(rules) => number(rules),
            Kind::String(rules) => match (rules.format, &rules.annotation) {
                (Some(format), _) => format!("string ({})", format.name()),
                (None, Some(format)) => format!("string ({})", cut::name(format)),
                (None, None) => "string".to_owned(),
            },
            Kind::Array(rules) => match (&rules.prefix[..], rules.rest) {
                ([], Others::Schema(item)) if rules.unique => format!("set of {}", inside(item)),
                ([], Others::Schema(item)) if rules.length.most == Some(rules.length.least) => {
                    format!("list of {} × {}", rules.length.least, inside(item))
                }
                ([], Others::Schema(item)) => format!("list of {}", inside(item)),
                ([], _) => "list".to_owned(),
                (prefix, _) => {
                    let items = prefix.iter().map(|&item| inside(item));
                    format!("tuple of {}", joined(items, prefix.len(), ", "))
                }
            },
            Kind::Object(rules) => match (rules.properties.len(), rules.additional) {
                (0, Others::Schema(value)) => format!("map of {} to {}", key_noun(rules), inside(value)),
                (0, _) => "object".to_owned(),
                _ => {
                    let names = list(rules.properties.keys());
                    match self.only_value(rules, inside) {
                        Some(value) => format!("map of {names} to {value}"),
                        None => format!("record of {names}"),
                    }
                }
            },
            Kind::Names(names) => format!("one of {}", list(names.iter())),
            Kind::Values(values) => {
                format!("one of {}", list(values.values().map(|value| got::shortened(value.as_str()))))
            }
            Kind::All(parts) => joined(parts.iter().map(|&part| inside(part)), parts.len(), " and "),
            Kind::Union(union) => match tag_names(arena, union) {
                Some(tags) => format!("one of {}", tags.list()),
                None => joined(alternatives(union).map(inside), union.alternatives.len(), " or "),
            },
        }
    }

    fn words(&self, id: Id, depth: usize) -> String {
        let arena = self.arena;
        let id = arena.resolve(id);
        let node = arena.node(id);
        match (own_name(arena, id).map(cut::name), &node.kind) {
            (Some(name), Kind::Names(names)) => format!("{name} (one of {})", list(names.iter())),
            (Some(name), Kind::Union(union)) => match tag_names(arena, union) {
                Some(tags) => format!("{name} (one of {})", tags.list()),
                None => name.into_owned(),
            },
            (Some(name), _) => match only_kind(node.kinds) {
                Some(kind) => format!("{name} ({})", article(kind)),
                None => name.into_owned(),
            },
            (None, Kind::Union(union)) if tag_names(arena, union).is_none() && depth < DEEPEST => {
                let words = alternatives(union).map(|part| self.words(part, depth + 1));
                if self.take() { joined(words, union.alternatives.len(), " or ") } else { "…".to_owned() }
            }
            (None, Kind::Number(rules)) if rules.whole => "an integer".to_owned(),
            (None, Kind::Names(_) | Kind::Values(_) | Kind::Union(_)) => self.noun(id, depth),
            (None, Kind::Any | Kind::Alias(_)) => "any value".to_owned(),
            (None, _) => {
                only_kind(node.kinds).map_or_else(|| self.noun(id, depth), |kind| article(kind).to_owned())
            }
        }
    }

    /// What all values are, where the names are the keys of a map: none of them must be there, and all have one type.
    fn only_value(&self, rules: &ObjectRules, noun: impl Fn(Id) -> String) -> Option<String> {
        if rules.properties.len() > MOST_KEYS || rules.properties.values().any(|property| property.required) {
            return None;
        }
        let mut properties = rules.properties.values();
        let kinds = |property: &PropertyRules| self.arena.node(property.schema).kinds;
        let first = properties.next()?;
        if properties.clone().any(|property| kinds(property) != kinds(first)) {
            return None;
        }
        let value = noun(first.schema);
        let same = properties.all(|property| noun(property.schema) == value);
        // Where the parts ran out, they only look alike.
        (same && self.left.get() > 0).then_some(value)
    }
}

/// The alternatives, `null` last.
fn alternatives(union: &Union) -> impl Iterator<Item = Id> {
    let null = match union.dispatch[KindSet::index(JsonKind::Null)] {
        Dispatch::One(null) => Some(null),
        _ => None,
    };
    let others = union.alternatives.iter().copied().filter(move |&part| Some(part) != null);
    others.chain(null.into_iter().filter(|null| union.alternatives.contains(null)))
}

/// The names of a tagged enum's variants: the first of them, and how many there are.
#[derive(Default)]
struct TagNames<'a> {
    first: Vec<&'a str>,
    count: usize,
}

impl<'a> TagNames<'a> {
    fn add(&mut self, names: impl ExactSizeIterator<Item = &'a str>) {
        self.count += names.len();
        self.first.extend(names.take(LISTED - self.first.len()));
    }

    fn list(&self) -> String {
        joined(self.first.iter().map(|name| cut::name(name).into_owned()), self.count, ", ")
    }
}

/// The names of the variants, if the union is a tagged enum: unit variants first.
fn tag_names<'a>(arena: &'a Arena, union: &'a Union) -> Option<TagNames<'a>> {
    let mut tags = TagNames::default();
    if let Some(names) = unit_variants(arena, union) {
        tags.add(names.iter().map(AsRef::as_ref));
    }
    let mut any = false;
    for (position, dispatch) in union.dispatch.iter().enumerate() {
        let kind = KindSet::EACH[position];
        match dispatch {
            Dispatch::None => {}
            Dispatch::Tagged(table) => {
                tags.add(table.variants.keys().map(AsRef::as_ref));
                any = true;
            }
            Dispatch::One(id) if kind == JsonKind::String && matches!(arena.kind(*id), Kind::Names(_)) => {}
            Dispatch::One(id) if kind == JsonKind::Object => {
                // A single variant with data beside unit variants.
                let Kind::Object(rules) = arena.kind(*id) else { return None };
                if rules.properties.len() != 1
                    || tags.count == 0
                    || rules.additional != Others::Denied
                    || own_name(arena, *id).is_some()
                {
                    return None;
                }
                tags.add(rules.properties.keys().map(AsRef::as_ref));
                any = true;
            }
            _ => return None,
        }
    }
    any.then_some(tags)
}

fn unit_variants<'a>(arena: &'a Arena, union: &'a Union) -> Option<&'a IndexSet<Box<str>>> {
    match &union.dispatch[KindSet::index(JsonKind::String)] {
        Dispatch::One(id) => match arena.kind(*id) {
            Kind::Names(names) => Some(names),
            _ => None,
        },
        _ => None,
    }
}

/// The names that conform by themselves: unit variants.
pub(crate) fn unit_names(arena: &Arena, union: &Union) -> Vec<String> {
    unit_variants(arena, union).into_iter().flatten().map(ToString::to_string).collect()
}

fn number(rules: &NumberRules) -> String {
    match rules.format {
        Some(NumberFormat::Whole(name, ..)) if rules.whole => format!("integer ({name})"),
        _ if rules.whole => "integer".to_owned(),
        _ => "number".to_owned(),
    }
}

fn key_noun(rules: &ObjectRules) -> String {
    use crate::record::schema::node::KeyRule;
    match &rules.keys {
        KeyRule::Whole { .. } => "integer".to_owned(),
        KeyRule::Names(names) => list(names.iter()),
        KeyRule::Any | KeyRule::Text(_) => "string".to_owned(),
    }
}

fn only_kind(kinds: KindSet) -> Option<JsonKind> {
    let mut each = KindSet::EACH.into_iter().filter(|&kind| kinds.contains(kind));
    match (each.next(), each.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

pub(crate) fn article(kind: JsonKind) -> &'static str {
    match kind {
        JsonKind::Null => "null",
        JsonKind::Boolean => "true or false",
        JsonKind::Number => "a number",
        JsonKind::String => "a string",
        JsonKind::Array => "an array",
        JsonKind::Object => "an object",
    }
}

fn list<T: AsRef<str>>(names: impl ExactSizeIterator<Item = T>) -> String {
    let count = names.len();
    joined(names.map(|name| cut::name(name.as_ref()).into_owned()), count, ", ")
}

/// The first of some names, with how many more there are; the others are not even made.
fn joined(names: impl Iterator<Item = String>, count: usize, between: &str) -> String {
    let mut names: Vec<String> = names.take(LISTED).collect();
    if count > names.len() {
        names.push(format!("… ({} more)", count - names.len()));
    }
    names.join(between)
}
