//! The second pass over a schema's nodes: decides what needs several of them at once, nodes at the same place of a
//! value in the order in which they depend on each other.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::record::cut;
use crate::record::json::{Json, JsonKind};
use crate::record::schema::discriminate;
use crate::record::schema::effort::{Effort, MOST_GATHERED};
use crate::record::schema::error::SchemaError;
use crate::record::schema::keywords::LONGEST_LOCATION;
use crate::record::schema::kinds::KindSet;
use crate::record::schema::node::{Bounds, Id, KeyRule, Kind, Node, ObjectRules, Others, Union};

/// How far unions and `allOf` may stand in one another at one place of a value: the check recurses through them.
const TALLEST: usize = 6;

pub(crate) fn settle(mut nodes: Vec<Node>, targets: &HashMap<String, Id>) -> Result<Vec<Node>, SchemaError> {
    let location = |id: Id| {
        let pointer =
            targets.iter().filter(|&(_, &target)| target == id).map(|(pointer, _)| pointer.as_str()).min();
        cut::cut(pointer.unwrap_or("#"), LONGEST_LOCATION).into_owned()
    };
    let order = order(&nodes).map_err(|id| SchemaError::Cycle { location: location(id) })?;
    let mut effort = Effort::new();
    let mut heights = vec![0_usize; nodes.len()];
    for id in order {
        let below = parts(&nodes[id.0].kind).iter().map(|part| heights[part.0]).max().unwrap_or(0);
        let height = below + usize::from(matches!(nodes[id.0].kind, Kind::All(_) | Kind::Union(_)));
        if height > TALLEST {
            return Err(SchemaError::TooNested { location: location(id), limit: TALLEST });
        }
        heights[id.0] = height;
        settle_one(&mut nodes, id, &mut effort);
        if effort.exceeded() {
            return Err(SchemaError::TooComplex {
                what: "names and fields in its unions and `allOf`s",
                limit: MOST_GATHERED,
            });
        }
        heights.resize(nodes.len(), 0);
    }
    Ok(nodes)
}

/// The nodes that a node demands of the same value.
fn parts(kind: &Kind) -> &[Id] {
    match kind {
        Kind::Alias(target) => std::slice::from_ref(target),
        Kind::All(parts) => parts,
        Kind::Union(union) => &union.alternatives,
        _ => &[],
    }
}

/// All nodes, each behind its parts; or a node on a cycle that a reference closes.
fn order(nodes: &[Node]) -> Result<Vec<Id>, Id> {
    let mut order = Vec::with_capacity(nodes.len());
    // 0: not seen, 1: open, 2: done.
    let mut states = vec![0_u8; nodes.len()];
    for start in 0..nodes.len() {
        let mut open = vec![(Id(start), 0)];
        while let Some((id, next)) = open.pop() {
            if next == 0 {
                if states[id.0] == 2 {
                    continue;
                }
                states[id.0] = 1;
            }
            if let Some(&part) = parts(&nodes[id.0].kind).get(next) {
                open.push((id, next + 1));
                match states[part.0] {
                    0 => open.push((part, 0)),
                    1 => return Err(part),
                    _ => {}
                }
            } else {
                states[id.0] = 2;
                order.push(id);
            }
        }
    }
    Ok(order)
}

fn settle_one(nodes: &mut Vec<Node>, id: Id, effort: &mut Effort) {
    let kind = std::mem::replace(&mut nodes[id.0].kind, Kind::Any);
    let kind = match kind {
        Kind::Alias(target) => Kind::Alias(resolve(nodes, target)),
        Kind::All(parts) => all(nodes, &parts, effort),
        Kind::Union(union) => settle_union(nodes, id, *union, effort),
        kind => kind,
    };
    nodes[id.0].kinds = kinds(nodes, &kind);
    nodes[id.0].kind = kind;
}

pub(crate) fn resolve(nodes: &[Node], id: Id) -> Id {
    match nodes[id.0].kind {
        Kind::Alias(target) => target,
        _ => id,
    }
}

/// The kinds of value that can conform.
fn kinds(nodes: &[Node], kind: &Kind) -> KindSet {
    match kind {
        Kind::Any => KindSet::ALL,
        Kind::Never => KindSet::NONE,
        Kind::Null => KindSet::of(JsonKind::Null),
        Kind::Boolean => KindSet::of(JsonKind::Boolean),
        Kind::Number(_) => KindSet::of(JsonKind::Number),
        Kind::String(_) | Kind::Names(_) => KindSet::of(JsonKind::String),
        Kind::Array(_) => KindSet::of(JsonKind::Array),
        Kind::Object(_) => KindSet::of(JsonKind::Object),
        Kind::Values(values) => values.values().map(Json::kind).collect(),
        Kind::Alias(target) => nodes[target.0].kinds,
        Kind::All(parts) => parts.iter().fold(KindSet::ALL, |set, part| set.and(nodes[part.0].kinds)),
        Kind::Union(union) => {
            union.alternatives.iter().fold(KindSet::NONE, |set, part| set.or(nodes[part.0].kinds))
        }
    }
}

/// Merges what can be merged, so that an `allOf` of plain records is a plain record.
fn all(nodes: &[Node], parts: &[Id], effort: &mut Effort) -> Kind {
    let mut seen = HashSet::new();
    let parts: Vec<Id> = parts
        .iter()
        .map(|&part| resolve(nodes, part))
        .filter(|part| !matches!(nodes[part.0].kind, Kind::Any) && seen.insert(*part))
        .collect();
    match parts[..] {
        [] => Kind::Any,
        [part] => Kind::Alias(part),
        _ => merged(nodes, &parts, effort).map_or(Kind::All(parts), |rules| Kind::Object(Box::new(rules))),
    }
}

/// The record with the properties of all parts, if they are records without anything that a merge would change.
fn merged(nodes: &[Node], parts: &[Id], effort: &mut Effort) -> Option<ObjectRules> {
    let mut properties = IndexMap::new();
    for part in parts {
        let Kind::Object(rules) = &nodes[part.0].kind else { return None };
        if rules.additional != Others::Free || rules.keys != KeyRule::Any || rules.length != Bounds::default() {
            return None;
        }
        for (name, property) in &rules.properties {
            effort.take()?;
            if properties.insert(name.clone(), *property).is_some() {
                return None;
            }
        }
    }
    Some(ObjectRules::new(properties, Others::Free, KeyRule::Any, Bounds::default()))
}

fn settle_union(nodes: &mut Vec<Node>, id: Id, mut union: Union, effort: &mut Effort) -> Kind {
    union.alternatives.retain(|part| !matches!(nodes[resolve(nodes, *part).0].kind, Kind::Never));
    match union.alternatives[..] {
        [] => return Kind::Never,
        [only] => return Kind::Alias(resolve(nodes, only)),
        _ => {}
    }
    if let Some(names) = discriminate::names(nodes, &union.alternatives, effort) {
        return Kind::Names(names);
    }
    for kind in KindSet::EACH {
        let candidates: Vec<Id> =
            union.alternatives.iter().copied().filter(|part| nodes[part.0].kinds.contains(kind)).collect();
        union.dispatch[KindSet::index(kind)] =
            discriminate::dispatch(nodes, id, kind, candidates, union.exactly_one, effort);
    }
    Kind::Union(Box::new(union))
}

/// A node that is made up rather than read, beside the one it belongs to.
pub(crate) fn beside(nodes: &mut Vec<Node>, id: Id, kind: Kind) -> Id {
    let kinds = kinds(nodes, &kind);
    let span = nodes[id.0].span.clone();
    nodes.push(Node { kind, kinds, span, name: None, title: None, description: None, default: None });
    Id(nodes.len() - 1)
}
