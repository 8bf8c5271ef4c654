//! What people call a type.

use crate::record::json::JsonKind;
use crate::record::schema::kinds::KindSet;
use crate::record::schema::node::{Arena, Dispatch, Id, Kind, ObjectRules, Others, Union};
use crate::record::schema::number::{NumberFormat, NumberRules};

/// How far inside a type its parts are named.
const DEEPEST: usize = 5;
/// How many names of an enum are listed.
const LISTED: usize = 8;

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

/// The type as a noun: `integer (uint8)`, `list of InferenceRequest`, `Color (one of red, green)`.
pub(crate) fn type_name(arena: &Arena, id: Id) -> String {
    noun(arena, id, 0)
}

fn noun(arena: &Arena, id: Id, depth: usize) -> String {
    let id = arena.resolve(id);
    let name = own_name(arena, id);
    let kind = &arena.node(id).kind;
    if let (Some(name), Kind::Names(names)) = (name, kind) {
        return format!("{name} (one of {})", list(names.iter().map(AsRef::as_ref)));
    }
    if let Some(name) = name {
        return name.to_owned();
    }
    if depth == DEEPEST {
        return "value".to_owned();
    }
    let inside = |id| noun(arena, id, depth + 1);
    match kind {
        Kind::Any | Kind::Alias(_) => "any value".to_owned(),
        Kind::Never => "nothing".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Number(rules) => number(rules),
        Kind::String(rules) => match (rules.format, &rules.annotation) {
            (Some(format), _) => format!("string ({})", format.name()),
            (None, Some(format)) => format!("string ({format})"),
            (None, None) => "string".to_owned(),
        },
        Kind::Array(rules) => match (&rules.prefix[..], rules.rest) {
            ([], Others::Schema(item)) if rules.unique => format!("set of {}", inside(item)),
            ([], Others::Schema(item)) if rules.length.most == Some(rules.length.least) => {
                format!("list of {} × {}", rules.length.least, inside(item))
            }
            ([], Others::Schema(item)) => format!("list of {}", inside(item)),
            ([], _) => "list".to_owned(),
            (prefix, _) => format!("tuple of {}", list(prefix.iter().map(|&item| inside(item)))),
        },
        Kind::Object(rules) => match (rules.properties.len(), rules.additional) {
            (0, Others::Schema(value)) => format!("map of {} to {}", key_noun(rules), inside(value)),
            (0, _) => "object".to_owned(),
            _ => {
                let names = list(rules.properties.keys().map(AsRef::as_ref));
                match only_value(rules, inside) {
                    Some(value) => format!("map of {names} to {value}"),
                    None => format!("record of {names}"),
                }
            }
        },
        Kind::Names(names) => format!("one of {}", list(names.iter().map(AsRef::as_ref))),
        Kind::Values(values) => format!("one of {}", list(values.iter().map(|value| value.json.compact()))),
        Kind::All(parts) => parts.iter().map(|&part| inside(part)).collect::<Vec<_>>().join(" and "),
        Kind::Union(union) => match tag_names(arena, union) {
            Some(tags) => format!("one of {}", list(tags.into_iter())),
            None => alternatives(union).map(inside).collect::<Vec<_>>().join(" or "),
        },
    }
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

/// The type with its article, as a message expects it: `an integer`, `BatchRequest (an object)`.
pub(crate) fn phrase(arena: &Arena, id: Id) -> String {
    words(arena, id, 0)
}

fn words(arena: &Arena, id: Id, depth: usize) -> String {
    let id = arena.resolve(id);
    let node = arena.node(id);
    match (own_name(arena, id), &node.kind) {
        (Some(name), Kind::Names(names)) => format!("{name} (one of {})", list(names.iter().map(AsRef::as_ref))),
        (Some(name), Kind::Union(union)) => match tag_names(arena, union) {
            Some(tags) => format!("{name} (one of {})", list(tags.into_iter())),
            None => name.to_owned(),
        },
        (Some(name), _) => match only_kind(node.kinds) {
            Some(kind) => format!("{name} ({})", article(kind)),
            None => name.to_owned(),
        },
        (None, Kind::Union(union)) if tag_names(arena, union).is_none() && depth < DEEPEST => {
            alternatives(union).map(|part| words(arena, part, depth + 1)).collect::<Vec<_>>().join(" or ")
        }
        (None, Kind::Number(rules)) if rules.whole => "an integer".to_owned(),
        (None, Kind::Names(_) | Kind::Values(_) | Kind::Union(_)) => noun(arena, id, depth),
        (None, Kind::Any | Kind::Alias(_)) => "any value".to_owned(),
        (None, _) => only_kind(node.kinds).map_or_else(|| noun(arena, id, depth), |kind| article(kind).to_owned()),
    }
}

/// The alternatives, `null` last.
fn alternatives(union: &Union) -> impl Iterator<Item = Id> {
    let null = match union.dispatch[KindSet::index(JsonKind::Null)] {
        Dispatch::One(null) => Some(null),
        _ => None,
    };
    let others = union.alternatives.iter().copied().filter(move |&part| Some(part) != null);
    others.chain(null.filter(|null| union.alternatives.contains(null)))
}

/// The names of the variants, if the union is a tagged enum: unit variants first.
pub(crate) fn tag_names(arena: &Arena, union: &Union) -> Option<Vec<String>> {
    let mut tags: Vec<String> = unit_names(arena, union);
    let mut any = false;
    for (position, dispatch) in union.dispatch.iter().enumerate() {
        let kind = KindSet::EACH[position];
        match dispatch {
            Dispatch::None => {}
            Dispatch::Tagged(table) => {
                tags.extend(table.variants.keys().map(ToString::to_string));
                any = true;
            }
            Dispatch::One(id) if kind == JsonKind::String && matches!(arena.kind(*id), Kind::Names(_)) => {}
            Dispatch::One(id) if kind == JsonKind::Object => {
                // A single variant with data beside unit variants.
                let Kind::Object(rules) = arena.kind(*id) else { return None };
                let mut names = rules.properties.keys();
                let (Some(name), None) = (names.next(), names.next()) else { return None };
                if tags.is_empty() || rules.additional != Others::Denied || own_name(arena, *id).is_some() {
                    return None;
                }
                tags.push(name.to_string());
                any = true;
            }
            _ => return None,
        }
    }
    any.then_some(tags)
}

/// The names that conform by themselves: unit variants.
pub(crate) fn unit_names(arena: &Arena, union: &Union) -> Vec<String> {
    match &union.dispatch[KindSet::index(JsonKind::String)] {
        Dispatch::One(id) => match arena.kind(*id) {
            Kind::Names(names) => names.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn number(rules: &NumberRules) -> String {
    match rules.format {
        Some(NumberFormat::Whole(name, ..)) if rules.whole => format!("integer ({name})"),
        _ if rules.whole => "integer".to_owned(),
        _ => "number".to_owned(),
    }
}

/// What all values are, where the names are the keys of a map: none of them must be there, and all have one type.
fn only_value(rules: &ObjectRules, noun: impl Fn(Id) -> String) -> Option<String> {
    let mut properties = rules.properties.values();
    let value = noun(properties.next().filter(|first| !first.required)?.schema);
    properties.all(|property| !property.required && noun(property.schema) == value).then_some(value)
}

fn key_noun(rules: &ObjectRules) -> String {
    use crate::record::schema::node::KeyRule;
    match &rules.keys {
        KeyRule::Whole { .. } => "integer".to_owned(),
        KeyRule::Names(names) => list(names.iter().map(AsRef::as_ref)),
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

fn list<T: AsRef<str>>(names: impl Iterator<Item = T>) -> String {
    let mut names: Vec<String> = names.map(|name| name.as_ref().to_owned()).collect();
    let rest = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    if rest > 0 {
        names.push(format!("… ({rest} more)"));
    }
    names.join(", ")
}
