//! Schemas of any keywords with any values, most of which make sense.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::record::tests::properties::texts;

const OF_A_SCHEMA: [&str; 5] = ["items", "additionalProperties", "propertyNames", "default", "const"];
const OF_SCHEMAS: [&str; 6] = ["anyOf", "oneOf", "allOf", "prefixItems", "enum", "examples"];
const OF_NAMED_SCHEMAS: [&str; 4] = ["properties", "$defs", "definitions", "patternProperties"];
const OF_A_NUMBER: [&str; 11] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];
const OF_A_STRING: [&str; 6] = ["format", "contentEncoding", "title", "description", "pattern", "x-note"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
const NAMES: [&str; 5] = ["a", "b", "kind", "", "^-?\\d+$"];
const STRINGS: [&str; 12] = [
    "int8",
    "uint64",
    "float",
    "double",
    "date",
    "date-time",
    "duration",
    "base64",
    "uuid",
    "a",
    "",
    "partial-time",
];
const REFERENCES: [&str; 8] =
    ["#", "#/$defs/a", "#/$defs/b", "#/properties/a", "#/anyOf/0", "#/items", "#/%24defs/a", "#/no"];

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..4_i64).prop_map(Value::from),
        select(&[-1.5, 0.5, 1e300, 2.0][..]).prop_map(Value::from),
        any::<i64>().prop_map(Value::from)
    ]
}

fn keyword(schema: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = (&'static str, Value)> {
    let named = vec((select(&NAMES[..]), schema.clone()), 0..4).prop_map(|members| {
        members.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect::<Map<_, _>>()
    });
    prop_oneof![
        4 => select(&TYPES[..]).prop_map(|name| ("type", json!(name))),
        1 => vec(select(&TYPES[..]), 0..4).prop_map(|names| ("type", json!(names))),
        4 => (select(&OF_A_SCHEMA[..]), schema.clone()),
        4 => (select(&OF_SCHEMAS[..]), vec(schema, 0..4).prop_map(Value::from)),
        4 => (select(&OF_NAMED_SCHEMAS[..]), named.prop_map(Value::from)),
        3 => (select(&OF_A_NUMBER[..]), number()),
        2 => (select(&OF_A_STRING[..]), select(&STRINGS[..]).prop_map(Value::from)),
        2 => vec(select(&NAMES[..]), 0..3).prop_map(|names| ("required", json!(names))),
        2 => select(&REFERENCES[..]).prop_map(|reference| ("$ref", json!(reference))),
        1 => any::<bool>().prop_map(|unique| ("uniqueItems", json!(unique))),
        1 => (select(&["not", "if", "$anchor", "discriminator"][..]), texts::value()),
    ]
}

/// A schema, or what may be taken for one.
pub(super) fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        select(&TYPES[..]).prop_map(|name| json!({ "type": name })),
        select(&STRINGS[..]).prop_map(|name| json!({ "const": name })),
        any::<bool>().prop_map(Value::from),
        Just(json!({})),
        select(&REFERENCES[..]).prop_map(|reference| json!({ "$ref": reference })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        vec(keyword(inner), 1..4).prop_map(|members| {
            Value::Object(members.into_iter().map(|(keyword, value)| (keyword.to_owned(), value)).collect())
        })
    })
}
