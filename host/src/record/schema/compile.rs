//! From the text of a schema to its nodes: the first of two passes. The second, `settle`, decides what needs several
//! nodes at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::record::cut;
use crate::record::json::{Json, JsonKind};
use crate::record::schema::error::SchemaError;
use crate::record::schema::keywords::{At, Keywords};
use crate::record::schema::kinds::KindSet;
use crate::record::schema::node::{
    Arena, ArrayRules, Bounds, Id, KeyRule, Kind, Node, ObjectRules, Others, PropertyRules, Union,
};
use crate::record::schema::pointer::Pointers;
use crate::record::schema::{pointer, rules, settle};
use crate::record::tree::{Tree, Value};

/// The longest text of a schema, in bytes.
pub(crate) const LONGEST: usize = 1 << 20;

/// The most nodes that a schema may have: schemas, and what stands for several types at once. In use a node takes some
/// 20 bytes of text or more, so this is no less than the longest text has; made to, three bytes are a node of 200.
pub(crate) const MOST_NODES: usize = 1 << 16;

const NUMBER: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const STRING: [&str; 3] = ["minLength", "maxLength", "contentEncoding"];
const ARRAY: [&str; 5] = ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"];
const OBJECT: [&str; 7] = [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
];

pub(crate) fn compile(text: String) -> Result<Arena, SchemaError> {
    if text.len() > LONGEST {
        return Err(SchemaError::TooLarge { size: text.len(), limit: LONGEST });
    }
    let text: Arc<str> = text.into();
    let tree = Tree::parse(&text)?;
    let mut compiler = Compiler {
        pointers: Pointers::new(&tree),
        text: &text,
        nodes: Vec::new(),
        known: HashMap::new(),
        targets: HashMap::new(),
        pending: VecDeque::new(),
    };
    let root = compiler.target("#", &At::Pointer("#"))?;
    // References are compiled one after the other, not one inside the other: a chain of them can be any length.
    while let Some((pointer, tree, id)) = compiler.pending.pop_front() {
        compiler.fill(id, tree, &At::Pointer(&pointer))?;
    }
    let references = compiler.targets;
    let nodes = settle::settle(compiler.nodes, &references)?;
    Ok(Arena { text: Arc::clone(&text), nodes, root })
}

struct Compiler<'t> {
    pointers: Pointers<'t>,
    text: &'t str,
    nodes: Vec<Node>,
    /// The node of each schema, by where it stands in the text. A schema is compiled once, however many references lead
    /// to it, to schemas around it, and by however many spellings.
    known: HashMap<usize, Id>,
    /// The nodes of schemas that were referred to, by the pointer.
    targets: HashMap<String, Id>,
    /// Those of them that are not compiled yet.
    pending: VecDeque<(String, &'t Tree<'t>, Id)>,
}

impl<'t> Compiler<'t> {
    fn reserve(&mut self, tree: &Tree<'_>) -> Result<Id, SchemaError> {
        self.push(Kind::Any, tree)
    }

    fn push(&mut self, kind: Kind, tree: &Tree<'_>) -> Result<Id, SchemaError> {
        if self.nodes.len() == MOST_NODES {
            return Err(SchemaError::TooComplex { what: "parts", limit: MOST_NODES });
        }
        self.nodes.push(Node {
            kind,
            kinds: KindSet::NONE,
            span: tree.span.clone(),
            name: None,
            title: None,
            description: None,
            default: None,
        });
        Ok(Id(self.nodes.len() - 1))
    }

    /// The node that a reference leads to.
    fn target(&mut self, reference: &str, at: &At<'_>) -> Result<Id, SchemaError> {
        let invalid =
            |message: String| SchemaError::Invalid { keyword: "$ref".to_owned(), location: at.short(), message };
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(invalid(format!("`{}` is not in this document", cut::name(reference))));
        };
        if let Some(&id) = self.targets.get(reference) {
            return Ok(id);
        }
        let tree = self
            .pointers
            .find(pointer)
            .ok_or_else(|| invalid(format!("`{}` does not exist", cut::name(reference))))?;
        let id = match self.known.get(&tree.span.start) {
            Some(&id) => id,
            None => {
                let id = self.reserve(tree)?;
                self.known.insert(tree.span.start, id);
                self.pending.push_back((reference.to_owned(), tree, id));
                id
            }
        };
        if let Some(name) = pointer::definition_name(reference) {
            self.nodes[id.0].name = Some(name.into());
        }
        self.targets.insert(reference.to_owned(), id);
        Ok(id)
    }

    fn schema(&mut self, tree: &'t Tree<'t>, at: &At<'_>) -> Result<Id, SchemaError> {
        if let Some(&id) = self.known.get(&tree.span.start) {
            return Ok(id);
        }
        let id = self.reserve(tree)?;
        self.known.insert(tree.span.start, id);
        self.fill(id, tree, at)?;
        Ok(id)
    }

    fn fill(&mut self, id: Id, tree: &'t Tree<'t>, at: &At<'_>) -> Result<(), SchemaError> {
        let members = match &tree.value {
            Value::Boolean(any) => {
                self.nodes[id.0].kind = if *any { Kind::Any } else { Kind::Never };
                return Ok(());
            }
            Value::Object(members) => members,
            _ => {
                return Err(SchemaError::Invalid {
                    keyword: "schema".to_owned(),
                    location: at.short(),
                    message: "expected an object, true or false".to_owned(),
                });
            }
        };
        let keywords = Keywords::new(members, at)?;
        let mut parts = Vec::new();
        if let Some(reference) = keywords.string("$ref")? {
            parts.push(Kind::Alias(self.target(reference, at)?));
        }
        let types = rules::types(&keywords)?;
        let fixed = rules::fixed_values(&keywords, types.as_deref())?;
        let narrowed = fixed.is_some();
        if let Some(values) = fixed {
            parts.push(self.fixed(&values, tree)?);
        }
        if let Some(kind) = self.typed(&keywords, types.as_deref(), narrowed, tree)? {
            parts.push(kind);
        }
        for (keyword, exactly_one) in [("anyOf", false), ("oneOf", true)] {
            if let Some(alternatives) = self.schemas(&keywords, keyword)? {
                parts.push(union(alternatives, exactly_one));
            }
        }
        if let Some(all) = self.schemas(&keywords, "allOf")? {
            parts.extend(all.into_iter().map(Kind::Alias));
        }
        let kind = match parts.len() {
            0 => Kind::Any,
            1 => parts.remove(0),
            _ => Kind::All(
                parts
                    .into_iter()
                    .map(|part| match part {
                        Kind::Alias(target) => Ok(target),
                        kind => self.push(kind, tree),
                    })
                    .collect::<Result<_, _>>()?,
            ),
        };
        let default = keywords.get("default").map(|tree| Json::trusted(&self.text[tree.span.clone()]));
        let node = &mut self.nodes[id.0];
        node.kind = kind;
        node.title = keywords.string("title")?.map(Into::into);
        node.description = keywords.string("description")?.map(Into::into);
        node.default = default;
        Ok(())
    }

    /// The schemas of a keyword that must be a list of them.
    fn schemas(&mut self, keywords: &Keywords<'_, 't>, keyword: &str) -> Result<Option<Vec<Id>>, SchemaError> {
        let Some(trees) = keywords.array(keyword)? else { return Ok(None) };
        if trees.is_empty() {
            return Err(keywords.invalid(keyword, "expected at least one schema"));
        }
        let at = At::Member(keywords.at, keyword);
        let ids: Result<_, _> =
            trees.iter().enumerate().map(|(index, tree)| self.schema(tree, &At::Nth(&at, index))).collect();
        ids.map(Some)
    }

    /// What `enum` or `const` allow.
    fn fixed(&mut self, values: &[&'t Tree<'t>], tree: &Tree<'_>) -> Result<Kind, SchemaError> {
        let names: indexmap::IndexSet<Box<str>> =
            values.iter().filter_map(|value| value.as_str().map(Into::into)).collect();
        let only = |kinds: &[JsonKind]| values.iter().all(|value| kinds.contains(&value.kind()));
        Ok(if values.is_empty() {
            Kind::Never
        } else if only(&[JsonKind::String]) {
            Kind::Names(names)
        } else if only(&[JsonKind::Null]) {
            Kind::Null
        } else if only(&[JsonKind::String, JsonKind::Null]) {
            let names = self.push(Kind::Names(names), tree)?;
            let null = self.push(Kind::Null, tree)?;
            union(vec![names, null], false)
        } else {
            let fixed = |value: &&Tree<'_>| (value.canonical(), Json::trusted(&self.text[value.span.clone()]));
            Kind::Values(values.iter().map(fixed).collect())
        })
    }

    /// What `type` and the keywords of single types demand; None for nothing, or for nothing beyond fixed values.
    fn typed(
        &mut self,
        keywords: &Keywords<'_, 't>,
        types: Option<&[&str]>,
        narrowed: bool,
        tree: &Tree<'_>,
    ) -> Result<Option<Kind>, SchemaError> {
        let specific = [&NUMBER[..], &STRING, &ARRAY, &OBJECT].iter().any(|family| keywords.has_any(family));
        let formatted = keywords.has_any(&["format"]) && types.is_some() && !narrowed;
        if !specific && (types.is_none() || narrowed) && !formatted {
            return Ok(None);
        }
        let every = ["null", "boolean", "number", "string", "array", "object"];
        let mut kinds = Vec::new();
        for &name in types.unwrap_or(&every) {
            kinds.push(match name {
                "null" => Kind::Null,
                "boolean" => Kind::Boolean,
                "string" => Kind::String(rules::string_rules(keywords)?),
                "array" => Kind::Array(self.array_rules(keywords)?),
                "object" => Kind::Object(Box::new(self.object_rules(keywords, tree)?)),
                number => Kind::Number(Box::new(rules::number_rules(keywords, number == "integer")?)),
            });
        }
        if kinds.len() == 1 {
            return Ok(kinds.pop());
        }
        let alternatives: Result<_, _> = kinds.into_iter().map(|kind| self.push(kind, tree)).collect();
        Ok(Some(union(alternatives?, false)))
    }

    fn array_rules(&mut self, keywords: &Keywords<'_, 't>) -> Result<ArrayRules, SchemaError> {
        let prefix = match keywords.get("prefixItems") {
            Some(_) => self.schemas(keywords, "prefixItems")?.unwrap_or_default(),
            None => Vec::new(),
        };
        if let Some(Tree { value: Value::Array(_), .. }) = keywords.get("items") {
            return Err(
                keywords.invalid("items", "a list of schemas is written `prefixItems` since JSON Schema 2020-12")
            );
        }
        let rest = self.others(keywords, "items")?;
        let length = Bounds { least: keywords.count("minItems")?.unwrap_or(0), most: keywords.count("maxItems")? };
        // Without more items than the prefix, nothing is said of a rest that cannot be.
        let length = match rest {
            Others::Denied => Bounds { most: Some(length.most.unwrap_or(usize::MAX).min(prefix.len())), ..length },
            _ => length,
        };
        Ok(ArrayRules { prefix, rest, length, unique: keywords.boolean("uniqueItems")?.unwrap_or(false) })
    }

    fn object_rules(&mut self, keywords: &Keywords<'_, 't>, tree: &Tree<'_>) -> Result<ObjectRules, SchemaError> {
        let mut properties = IndexMap::new();
        let at = At::Member(keywords.at, "properties");
        for (name, tree) in keywords.object("properties")?.unwrap_or_default() {
            let schema = self.schema(tree, &At::Member(&at, name))?;
            properties.insert(name.as_ref().into(), PropertyRules { schema, required: false });
        }
        let mut additional = self.others(keywords, "additionalProperties")?;
        let mut keys = match keywords.get("propertyNames") {
            Some(tree) => self.key_rule(tree, keywords)?,
            None => KeyRule::Any,
        };
        if let Some(patterns) = keywords.object("patternProperties")? {
            // Only what schemars gives to maps from integers: nothing else is promised without a regex engine.
            let signed = match patterns {
                [(pattern, _)] if pattern == r"^\d+$" => false,
                [(pattern, _)] if pattern == r"^-?\d+$" => true,
                _ => return Err(keywords.unsupported("patternProperties")),
            };
            if additional != Others::Denied || keys != KeyRule::Any {
                return Err(
                    keywords.invalid("patternProperties", "supported only with `additionalProperties: false`")
                );
            }
            let at = At::Member(keywords.at, "patternProperties");
            additional = Others::Schema(self.schema(&patterns[0].1, &At::Member(&at, &patterns[0].0))?);
            keys = KeyRule::Whole { signed };
        }
        for name in keywords.strings("required")?.unwrap_or_default() {
            if !properties.contains_key(name) {
                let kind = match additional {
                    Others::Free => Kind::Any,
                    Others::Denied => Kind::Never,
                    Others::Schema(id) => Kind::Alias(id),
                };
                let schema = self.push(kind, tree)?;
                properties.insert(name.into(), PropertyRules { schema, required: true });
            }
            properties[name].required = true;
        }
        let length =
            Bounds { least: keywords.count("minProperties")?.unwrap_or(0), most: keywords.count("maxProperties")? };
        Ok(ObjectRules::new(properties, additional, keys, length))
    }

    fn others(&mut self, keywords: &Keywords<'_, 't>, keyword: &str) -> Result<Others, SchemaError> {
        Ok(match keywords.get(keyword) {
            None | Some(Tree { value: Value::Boolean(true), .. }) => Others::Free,
            Some(Tree { value: Value::Boolean(false), .. }) => Others::Denied,
            Some(tree) => Others::Schema(self.schema(tree, &At::Member(keywords.at, keyword))?),
        })
    }

    /// What `propertyNames` demands: keys are strings, so only demands on strings are of use.
    fn key_rule(&mut self, tree: &'t Tree<'t>, keywords: &Keywords<'_, 't>) -> Result<KeyRule, SchemaError> {
        let at = At::Member(keywords.at, "propertyNames");
        // A node of its own, also where a reference leads to the same schema: its rules are taken away from it.
        let id = self.reserve(tree)?;
        self.fill(id, tree, &at)?;
        match &mut self.nodes[id.0].kind {
            Kind::Any => Ok(KeyRule::Any),
            Kind::Names(names) => Ok(KeyRule::Names(std::mem::take(names))),
            Kind::String(rules) => Ok(KeyRule::Text(std::mem::take(rules))),
            _ => Err(keywords.unsupported("propertyNames")),
        }
    }
}

fn union(alternatives: Vec<Id>, exactly_one: bool) -> Kind {
    Kind::Union(Box::new(Union { alternatives, exactly_one, dispatch: Default::default() }))
}
