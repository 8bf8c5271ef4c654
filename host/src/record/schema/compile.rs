//! From the text of a schema to its nodes: the first of two passes. The second, `settle`, decides what needs several
//! nodes at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::record::decimal::Decimal;
use crate::record::json::{Json, JsonKind};
use crate::record::schema::error::SchemaError;
use crate::record::schema::keywords::{At, Keywords};
use crate::record::schema::kinds::KindSet;
use crate::record::schema::node::{
    Arena, ArrayRules, Bounds, FixedValue, Id, KeyRule, Kind, Node, ObjectRules, Others, PropertyRules, StringRules, Union,
};
use crate::record::schema::number::{Bound, NumberFormat, NumberRules};
use crate::record::schema::{format::StringFormat, settle};
use crate::record::tree::{Tree, Value};

/// The longest text of a schema, in bytes.
pub(crate) const LONGEST: usize = 1 << 20;

const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];
const NUMBER: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const STRING: [&str; 3] = ["minLength", "maxLength", "contentEncoding"];
const ARRAY: [&str; 5] = ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"];
const OBJECT: [&str; 7] = [
    "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties",
];

pub(crate) fn compile(text: String) -> Result<Arena, SchemaError> {
    if text.len() > LONGEST {
        return Err(SchemaError::TooLarge { size: text.len(), limit: LONGEST });
    }
    let text: Arc<str> = text.into();
    let tree = Tree::parse(&text)?;
    let mut compiler = Compiler {
        root: &tree,
        definitions: definitions(&tree),
        text: &text,
        nodes: Vec::new(),
        targets: HashMap::new(),
        pending: VecDeque::new(),
    };
    let root = compiler.target("#", &At::Pointer("#"))?;
    // References are compiled one after the other, not one inside the other: a chain of them can be any length.
    while let Some((pointer, tree, id)) = compiler.pending.pop_front() {
        compiler.fill(id, tree, &At::Pointer(&pointer))?;
        compiler.nodes[id.0].name = definition_name(&pointer).map(Into::into);
    }
    let references = compiler.targets;
    let nodes = settle::settle(compiler.nodes, &references)?;
    Ok(Arena { text: Arc::clone(&text), nodes, root })
}

struct Compiler<'t> {
    root: &'t Tree<'t>,
    /// The schemas under `$defs` and `definitions`: a schema may have thousands.
    definitions: HashMap<(&'static str, &'t str), &'t Tree<'t>>,
    text: &'t str,
    nodes: Vec<Node>,
    /// The nodes of schemas that were referred to, by the pointer.
    targets: HashMap<String, Id>,
    /// Those of them that are not compiled yet.
    pending: VecDeque<(String, &'t Tree<'t>, Id)>,
}

impl<'t> Compiler<'t> {
    fn reserve(&mut self, tree: &Tree<'_>) -> Id {
        self.push(Kind::Any, tree)
    }

    fn push(&mut self, kind: Kind, tree: &Tree<'_>) -> Id {
        self.nodes.push(Node {
            kind,
            kinds: KindSet::NONE,
            span: tree.span.clone(),
            name: None,
            title: None,
            description: None,
            default: None,
        });
        Id(self.nodes.len() - 1)
    }

    /// The node that a reference leads to.
    fn target(&mut self, reference: &str, at: &At<'_>) -> Result<Id, SchemaError> {
        let invalid = |message: String| SchemaError::Invalid {
            keyword: "$ref".to_owned(),
            location: at.to_string(),
            message,
        };
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(invalid(format!("`{reference}` is not in this document")));
        };
        if let Some(&id) = self.targets.get(reference) {
            return Ok(id);
        }
        let tree = find(self.root, &self.definitions, pointer).ok_or_else(|| invalid(format!("`{reference}` does not exist")))?;
        let id = self.reserve(tree);
        self.targets.insert(reference.to_owned(), id);
        self.pending.push_back((reference.to_owned(), tree, id));
        Ok(id)
    }

    fn schema(&mut self, tree: &'t Tree<'t>, at: &At<'_>) -> Result<Id, SchemaError> {
        let id = self.reserve(tree);
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
                    location: at.to_string(),
                    message: "expected an object, true or false".to_owned(),
                });
            }
        };
        let keywords = Keywords::new(members, at)?;
        let mut parts = Vec::new();
        if let Some(reference) = keywords.string("$ref")? {
            parts.push(Kind::Alias(self.target(reference, at)?));
        }
        let types = types(&keywords)?;
        let fixed = fixed_values(&keywords, types.as_deref())?;
        let narrowed = fixed.is_some();
        if let Some(values) = fixed {
            parts.push(self.fixed(values, tree));
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
                        Kind::Alias(target) => target,
                        kind => self.push(kind, tree),
                    })
                    .collect(),
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
    fn fixed(&mut self, values: Vec<&'t Tree<'t>>, tree: &Tree<'_>) -> Kind {
        let names: indexmap::IndexSet<Box<str>> = values.iter().filter_map(|value| value.as_str().map(Into::into)).collect();
        let only = |kinds: &[JsonKind]| values.iter().all(|value| kinds.contains(&value.kind()));
        if values.is_empty() {
            Kind::Never
        } else if only(&[JsonKind::String]) {
            Kind::Names(names)
        } else if only(&[JsonKind::Null]) {
            Kind::Null
        } else if only(&[JsonKind::String, JsonKind::Null]) {
            let names = self.push(Kind::Names(names), tree);
            let null = self.push(Kind::Null, tree);
            union(vec![names, null], false)
        } else {
            let fixed = |value: &&Tree<'_>| FixedValue {
                json: Json::trusted(&self.text[value.span.clone()]),
                canonical: value.canonical(),
            };
            Kind::Values(values.iter().map(fixed).collect())
        }
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
                "string" => Kind::String(string_rules(keywords)?),
                "array" => Kind::Array(self.array_rules(keywords)?),
                "object" => Kind::Object(Box::new(self.object_rules(keywords, tree)?)),
                number => Kind::Number(Box::new(number_rules(keywords, number == "integer")?)),
            });
        }
        if kinds.len() == 1 {
            return Ok(kinds.pop());
        }
        let alternatives = kinds.into_iter().map(|kind| self.push(kind, tree)).collect();
        Ok(Some(union(alternatives, false)))
    }

    fn array_rules(&mut self, keywords: &Keywords<'_, 't>) -> Result<ArrayRules, SchemaError> {
        let prefix = match keywords.get("prefixItems") {
            Some(_) => self.schemas(keywords, "prefixItems")?.unwrap_or_default(),
            None => Vec::new(),
        };
        if let Some(Tree { value: Value::Array(_), .. }) = keywords.get("items") {
            return Err(keywords.invalid("items", "a list of schemas is written `prefixItems` since JSON Schema 2020-12"));
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
                return Err(keywords.invalid("patternProperties", "supported only with `additionalProperties: false`"));
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
                let schema = self.push(kind, tree);
                properties.insert(name.into(), PropertyRules { schema, required: true });
            }
            properties[name].required = true;
        }
        let length = Bounds { least: keywords.count("minProperties")?.unwrap_or(0), most: keywords.count("maxProperties")? };
        Ok(ObjectRules { properties, additional, keys, length })
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
        let id = self.schema(tree, &at)?;
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

/// The names under `type`, without doubles; `integer` beside `number` adds nothing.
fn types<'t>(keywords: &Keywords<'_, 't>) -> Result<Option<Vec<&'t str>>, SchemaError> {
    let Some(tree) = keywords.get("type") else { return Ok(None) };
    let names = match tree.as_str() {
        Some(name) => vec![name],
        None => keywords.strings("type")?.unwrap_or_default(),
    };
    let mut types = Vec::new();
    for name in &names {
        if !["null", "boolean", "integer", "number", "string", "array", "object"].contains(name) {
            return Err(keywords.invalid("type", format!("there is no type `{name}`")));
        }
        if !types.contains(name) && !(*name == "integer" && names.contains(&"number")) {
            types.push(*name);
        }
    }
    if types.is_empty() { Err(keywords.invalid("type", "expected at least one type")) } else { Ok(Some(types)) }
}

/// The values that `enum` and `const` leave, as far as `type` allows them.
fn fixed_values<'t>(
    keywords: &Keywords<'_, 't>,
    types: Option<&[&str]>,
) -> Result<Option<Vec<&'t Tree<'t>>>, SchemaError> {
    let mut values: Option<Vec<&Tree<'_>>> = keywords.array("enum")?.map(|values| values.iter().collect());
    if let Some(constant) = keywords.get("const") {
        let canonical = constant.canonical();
        let allowed = values.is_none_or(|values| values.iter().any(|value| value.canonical() == canonical));
        values = Some(if allowed { vec![constant] } else { Vec::new() });
    }
    let conforms = |value: &Tree<'_>, name: &str| match &value.value {
        Value::Null => name == "null",
        Value::Boolean(_) => name == "boolean",
        Value::Number(text) => name == "number" || (name == "integer" && Decimal::parse(text).is_whole()),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    };
    Ok(values.map(|mut values| {
        values.retain(|value| types.is_none_or(|types| types.iter().any(|name| conforms(value, name))));
        values
    }))
}

fn string_rules(keywords: &Keywords<'_, '_>) -> Result<StringRules, SchemaError> {
    let named = keywords.string("format")?;
    let mut format = named.and_then(StringFormat::named);
    let annotation = named.filter(|_| format.is_none()).map(Into::into);
    match keywords.string("contentEncoding")? {
        None => {}
        Some("base64") => format = Some(StringFormat::Base64),
        Some(other) => {
            return Err(keywords.invalid("contentEncoding", format!("`{other}` is not supported, only `base64`")));
        }
    }
    let length = Bounds { least: keywords.count("minLength")?.unwrap_or(0), most: keywords.count("maxLength")? };
    Ok(StringRules { format, annotation, length })
}

fn number_rules(keywords: &Keywords<'_, '_>, whole: bool) -> Result<NumberRules, SchemaError> {
    let format = keywords.string("format")?.and_then(NumberFormat::named);
    let bound = |keyword, exclusive| {
        keywords.number(keyword).map(|text| text.map(|text| Bound::new(text, exclusive)))
    };
    let tighter = |first: Option<Bound>, second: Option<Bound>, choose: fn(Bound, Bound) -> Bound| match (first, second) {
        (Some(first), Some(second)) => Some(choose(first, second)),
        (first, second) => first.or(second),
    };
    let low = tighter(bound("minimum", false)?, bound("exclusiveMinimum", true)?, Bound::higher);
    let high = tighter(bound("maximum", false)?, bound("exclusiveMaximum", true)?, Bound::lower);
    let multiple = match keywords.number("multipleOf")? {
        None => None,
        Some(text) => {
            let divisor = Decimal::parse(text).as_divisor();
            let message = "expected a number above zero, of at most 18 digits";
            Some((divisor.ok_or_else(|| keywords.invalid("multipleOf", message))?, text.into()))
        }
    };
    Ok(NumberRules::new(whole, format, low, high, multiple))
}

fn definitions<'t>(root: &'t Tree<'t>) -> HashMap<(&'static str, &'t str), &'t Tree<'t>> {
    let mut definitions = HashMap::new();
    for section in DEFINITIONS {
        if let Some(Tree { value: Value::Object(members), .. }) = root.member(section) {
            definitions.extend(members.iter().map(|(name, tree)| ((section, name.as_ref()), tree)));
        }
    }
    definitions
}

/// The schema that a JSON pointer leads to, percent encoding resolved.
fn find<'t>(
    root: &'t Tree<'t>,
    definitions: &HashMap<(&'static str, &'t str), &'t Tree<'t>>,
    pointer: &str,
) -> Option<&'t Tree<'t>> {
    let pointer = percent_decode(pointer)?;
    for section in DEFINITIONS {
        let name = pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(section)?.strip_prefix('/'));
        if let Some(name) = name.filter(|name| !name.contains('/')) {
            return definitions.get(&(section, &*name.replace("~1", "/").replace("~0", "~"))).copied();
        }
    }
    let mut tree = root;
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        tree = match &tree.value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
            _ => tree.member(&name)?,
        };
    }
    (pointer.is_empty() || pointer.starts_with('/')).then_some(tree)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// The name of a type, from the pointer to its definition.
fn definition_name(pointer: &str) -> Option<String> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let name = percent_decode(name)?.replace("~1", "/").replace("~0", "~");
    ["#/$defs", "#/definitions"].contains(&parent).then_some(name)
}
