//! How to tell which alternative of a union a value is meant to be.

use indexmap::{IndexMap, IndexSet};

use crate::record::json::JsonKind;
use crate::record::schema::effort::Effort;
use crate::record::schema::node::{Dispatch, Id, Kind, Node, ObjectRules, Others, Tags};
use crate::record::schema::settle::{beside, resolve};

/// The names of all alternatives, if they are lists of names that don't overlap: an enum of unit variants.
pub(crate) fn names(nodes: &[Node], alternatives: &[Id], effort: &mut Effort) -> Option<IndexSet<Box<str>>> {
    let mut all = IndexSet::new();
    for &part in alternatives {
        let Kind::Names(names) = &nodes[resolve(nodes, part).0].kind else { return None };
        for name in names {
            effort.take()?;
            if !all.insert(name.clone()) {
                return None;
            }
        }
    }
    Some(all)
}

/// How to choose among the alternatives for one kind of value.
pub(crate) fn dispatch(
    nodes: &mut Vec<Node>,
    union: Id,
    kind: JsonKind,
    candidates: Vec<Id>,
    exactly_one: bool,
    effort: &mut Effort,
) -> Dispatch {
    match candidates[..] {
        [] => return Dispatch::None,
        [only] => return Dispatch::One(resolve(nodes, only)),
        _ => {}
    }
    if kind == JsonKind::String
        && let Some(names) = names(nodes, &candidates, effort)
    {
        return Dispatch::One(beside(nodes, union, Kind::Names(names)));
    }
    if kind == JsonKind::Object
        && let Some(tags) = tags(nodes, &candidates, exactly_one, effort)
    {
        return Dispatch::Tagged(Box::new(tags));
    }
    Dispatch::Trial(candidates)
}

fn tags(nodes: &[Node], candidates: &[Id], exactly_one: bool, effort: &mut Effort) -> Option<Tags> {
    let records: Option<Vec<(Id, &ObjectRules)>> = candidates
        .iter()
        .map(|&part| match &nodes[resolve(nodes, part).0].kind {
            Kind::Object(rules) => Some((part, rules.as_ref())),
            _ => None,
        })
        .collect();
    let records = records?;
    internal(nodes, &records, effort).or_else(|| external(&records, exactly_one, effort))
}

/// `{"type": "circle", "radius": 1}`: a required property that has one name of its own in each alternative.
fn internal(nodes: &[Node], records: &[(Id, &ObjectRules)], effort: &mut Effort) -> Option<Tags> {
    let closed = records.iter().all(|(_, rules)| rules.additional == Others::Denied);
    let (_, first) = records.first()?;
    first.properties.keys().find_map(|field| {
        let mut variants = IndexMap::new();
        for (id, rules) in records {
            effort.take()?;
            let property = rules.properties.get(field).filter(|property| property.required)?;
            let Kind::Names(names) = &nodes[resolve(nodes, property.schema).0].kind else { return None };
            for name in names {
                effort.take()?;
                if variants.insert(name.clone(), *id).is_some() {
                    return None;
                }
            }
        }
        Some(Tags { field: Some(field.clone()), variants, closed })
    })
}

/// `{"circle": {"radius": 1}}`: one required property in each alternative, and each time another.
fn external(records: &[(Id, &ObjectRules)], exactly_one: bool, effort: &mut Effort) -> Option<Tags> {
    let closed = records.iter().all(|(_, rules)| rules.additional == Others::Denied);
    if !closed && !exactly_one {
        return None;
    }
    let mut variants = IndexMap::new();
    for (id, rules) in records {
        effort.take()?;
        let mut properties = rules.properties.iter();
        let (Some((name, property)), None) = (properties.next(), properties.next()) else { return None };
        if !property.required || variants.insert(name.clone(), *id).is_some() {
            return None;
        }
    }
    Some(Tags { field: None, variants, closed })
}
