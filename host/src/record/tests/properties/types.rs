//! Types as programs have them: each with its schema and with values that are of it.

use fastrand::Rng;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A type.
#[derive(Clone, Debug)]
pub(super) enum Type {
    Null,
    Boolean,
    /// Its format, smallest and largest value.
    Integer(Option<&'static str>, i64, i64),
    Number,
    /// Its least and most characters.
    String(usize, usize),
    Date,
    Names(Vec<&'static str>),
    List(Box<Type>, usize),
    Set(usize),
    Tuple(Vec<Type>),
    /// Fields, each with whether it is required; and whether there may be others.
    Record(Vec<(Type, bool)>, bool),
    Map(Box<Type>),
    Nullable(Box<Type>),
    /// Variants by a `kind` inside them.
    InternallyTagged(Vec<Type>),
    /// Variants by the only key, beside names without data.
    ExternallyTagged(Vec<Type>),
    /// Both records at once.
    Both(Vec<(Type, bool)>, Vec<(Type, bool)>),
    /// A list of itself, or a leaf.
    Tree(Box<Type>),
}

const WORDS: [&str; 6] = ["red", "green", "dark blue", "é", "", "null"];

pub(super) fn of_a_program() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Null),
        Just(Type::Boolean),
        Just(Type::Integer(None, i64::MIN, i64::MAX)),
        Just(Type::Integer(Some("uint8"), 0, 255)),
        Just(Type::Integer(Some("int64"), i64::MIN, i64::MAX)),
        (-9_i64..9, 0_i64..9).prop_map(|(low, more)| Type::Integer(None, low, low + more)),
        Just(Type::Number),
        (0_usize..4, 0_usize..4).prop_map(|(least, more)| Type::String(least, least + more)),
        Just(Type::Date),
        (1..WORDS.len()).prop_map(|count| Type::Names(WORDS[..count].to_vec())),
        select(&[0, 3][..]).prop_map(Type::Set),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let fields = || vec((inner.clone(), any::<bool>()), 0..4);
        prop_oneof![
            (boxed(), 0_usize..3).prop_map(|(item, least)| Type::List(item, least)),
            vec(inner.clone(), 1..4).prop_map(Type::Tuple),
            (fields(), any::<bool>()).prop_map(|(fields, open)| Type::Record(fields, open)),
            boxed().prop_map(Type::Map),
            boxed().prop_map(Type::Nullable),
            vec(inner.clone(), 2..4).prop_map(Type::InternallyTagged),
            vec(inner.clone(), 1..4).prop_map(Type::ExternallyTagged),
            (fields(), fields()).prop_map(|(first, second)| Type::Both(first, second)),
            boxed().prop_map(Type::Tree),
        ]
    })
}

fn record(fields: &[(Type, bool)], prefix: &str, open: bool, defs: &mut Map<String, Value>) -> Value {
    let name = |index: usize| format!("{prefix}{index}");
    let properties: Map<String, Value> =
        fields.iter().enumerate().map(|(index, (field, _))| (name(index), field.part(defs))).collect();
    let required: Vec<String> =
        fields.iter().enumerate().filter(|(_, (_, required))| *required).map(|(index, _)| name(index)).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "required": required });
    if !open {
        schema["additionalProperties"] = json!(false);
    }
    schema
}

fn members(fields: &[(Type, bool)], prefix: &str, random: &mut Rng) -> Map<String, Value> {
    let mut members: Vec<(String, Value)> = Vec::new();
    for (index, (field, required)) in fields.iter().enumerate() {
        if *required || random.bool() {
            members.push((format!("{prefix}{index}"), field.value(random)));
        }
    }
    random.shuffle(&mut members);
    members.into_iter().collect()
}

impl Type {
    /// The type's schema.
    pub(super) fn schema(&self) -> Value {
        let mut defs = Map::new();
        let root = self.part(&mut defs);
        json!({ "allOf": [root], "$defs": defs })
    }

    fn part(&self, defs: &mut Map<String, Value>) -> Value {
        match self {
            Self::Null => json!({ "type": "null" }),
            Self::Boolean => json!({ "type": "boolean" }),
            Self::Integer(Some(format), ..) => json!({ "type": "integer", "format": format }),
            Self::Integer(None, i64::MIN, _) => json!({ "type": "integer" }),
            Self::Integer(None, low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
            Self::Number => json!({ "type": "number", "format": "double" }),
            Self::String(least, most) => json!({ "type": "string", "minLength": least, "maxLength": most }),
            Self::Date => json!({ "type": "string", "format": "date" }),
            Self::Names(names) => json!({ "enum": names }),
            Self::List(item, least) => json!({ "type": "array", "items": item.part(defs), "minItems": least }),
            Self::Set(least) => {
                json!({ "type": "array", "items": { "type": "integer" }, "uniqueItems": true, "minItems": least })
            }
            Self::Tuple(items) => {
                let parts: Vec<Value> = items.iter().map(|item| item.part(defs)).collect();
                json!({ "type": "array", "prefixItems": parts, "items": false, "minItems": items.len() })
            }
            Self::Record(fields, open) => record(fields, "f", *open, defs),
            Self::Map(value) => json!({ "type": "object", "additionalProperties": value.part(defs) }),
            Self::Nullable(inner) => json!({ "anyOf": [inner.part(defs), { "type": "null" }] }),
            Self::InternallyTagged(variants) => {
                let mut variant = |(index, data): (usize, &Self)| {
                    json!({ "type": "object", "properties": { "kind": { "const": format!("v{index}") }, "data": data.part(defs) },
                            "required": ["kind", "data"] })
                };
                let variants: Vec<Value> = variants.iter().enumerate().map(&mut variant).collect();
                json!({ "oneOf": variants })
            }
            Self::ExternallyTagged(variants) => {
                let mut parts = vec![json!({ "type": "string", "enum": ["None", "Some"] })];
                for (index, data) in variants.iter().enumerate() {
                    let name = format!("V{index}");
                    parts.push(
                        json!({ "type": "object", "properties": { &name: data.part(defs) }, "required": [&name],
                                       "additionalProperties": false }),
                    );
                }
                json!({ "oneOf": parts })
            }
            Self::Both(first, second) => {
                json!({ "allOf": [record(first, "f", true, defs), record(second, "s", true, defs)] })
            }
            Self::Tree(leaf) => {
                let leaf = leaf.part(defs);
                let name = format!("Tree{}", defs.len());
                let itself = json!({ "$ref": format!("#/$defs/{name}") });
                let node = json!({ "type": "object", "properties": { "leaf": leaf, "children": { "type": "array", "items": itself } },
                                   "required": ["leaf"], "additionalProperties": false });
                defs.insert(name, node);
                itself
            }
        }
    }

    /// Some value of the type.
    pub(super) fn value(&self, random: &mut Rng) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean => json!(random.bool()),
            Self::Integer(_, low, high) => json!(random.i64(low..=high)),
            Self::Number => match random.u8(..3) {
                0 => json!(random.i64(..)),
                1 => json!(random.f64() * 1e9 - 5e8),
                _ => json!(f64::from_bits(random.u64(..) & !(1 << 62))),
            },
            Self::String(least, most) => {
                let length = random.usize(least..=most);
                json!(
                    (0..length)
                        .map(|_| random.choice(['a', '"', '\\', '\n', 'é', '😀', '\u{0}']).unwrap_or('a'))
                        .collect::<String>()
                )
            }
            Self::Date => {
                json!(format!("20{:02}-{:02}-{:02}", random.u8(..100), random.u8(1..13), random.u8(1..29)))
            }
            Self::Names(names) => json!(random.choice(names)),
            Self::List(item, least) => {
                let count = random.usize(*least..least + 3);
                Value::from((0..count).map(|_| item.value(random)).collect::<Vec<_>>())
            }
            Self::Set(least) => {
                let count = random.usize(*least..least + 3);
                Value::from((0..count).map(|index| json!(index)).collect::<Vec<_>>())
            }
            Self::Tuple(items) => Value::from(items.iter().map(|item| item.value(random)).collect::<Vec<_>>()),
            Self::Record(fields, open) => {
                let mut members = members(fields, "f", random);
                if *open && random.bool() {
                    members.insert("another".to_owned(), json!([1]));
                }
                Value::Object(members)
            }
            Self::Map(value) => {
                let count = random.usize(..3);
                Value::Object((0..count).map(|index| (format!("key {index}"), value.value(random))).collect())
            }
            Self::Nullable(inner) => {
                if random.bool() {
                    inner.value(random)
                } else {
                    Value::Null
                }
            }
            Self::InternallyTagged(variants) => {
                let index = random.usize(..variants.len());
                let (kind, data) = (json!(format!("v{index}")), variants[index].value(random));
                match random.bool() {
                    true => json!({ "kind": kind, "data": data }),
                    false => json!({ "data": data, "kind": kind }),
                }
            }
            Self::ExternallyTagged(variants) => match random.usize(..=variants.len()) {
                0 => json!(random.choice(["None", "Some"])),
                index => json!({ format!("V{}", index - 1): variants[index - 1].value(random) }),
            },
            Self::Both(first, second) => {
                let mut all = members(first, "f", random);
                all.extend(members(second, "s", random));
                Value::Object(all)
            }
            Self::Tree(leaf) => self.tree(leaf, 3, random),
        }
    }

    fn tree(&self, leaf: &Self, height: usize, random: &mut Rng) -> Value {
        let count = if height == 0 { 0 } else { random.usize(..3) };
        let children: Vec<Value> = (0..count).map(|_| self.tree(leaf, height - 1, random)).collect();
        json!({ "leaf": leaf.value(random), "children": children })
    }
}
