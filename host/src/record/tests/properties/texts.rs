//! Texts, bytes and values: well-formed ones, such as are nearly so, and any.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value};

use crate::record::Schema;
use crate::record::tests::{BATCH, schema};

const SEEDS: [&str; 7] = [
    r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2.5e0},{"feature_a":-1E+3,"feature_b":0}],"batch_id":"x\u00e9\n"}}"#,
    r#"{"kind":"circle","r":1.5,"extra":[null,true,false,{}]}"#,
    r#"[1,1.0,"a","\ud83d\ude00",{"a":{"b":[[]]}},-0,123456789012345678901234567890]"#,
    r#"{"Circle":{"r":1}}"#,
    r#"{"a":1,"b":{"a":1,"b":{"a":"x"}},"c":"2025-01-31T09:30:00Z"}"#,
    "\"日本語 \\\"quoted\\\" \\\\\"",
    "a: &a [1, yes, ~]\nb: {<<: {x: 1}, c: *a}\nd: |\n  two\n  lines\n",
];

const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "d800",
    "0",
    "1",
    "-",
    ".",
    "e",
    "+",
    "null",
    "true",
    "fals",
    " ",
    "\n",
    "\t",
    "\u{1}",
    "é",
    "😀",
    "\"a\":",
    "\"batch\":",
    "1e400",
    "99999999999999999999",
    "\u{feff}",
    "[[",
    "}}",
    "- ",
    ": ",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "'",
    "\u{85}",
];

/// The schemas of the seeds.
pub(super) fn schemas() -> &'static [Schema] {
    static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
        [
            BATCH,
            "true",
            r#"{"oneOf":[{"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"number"}},"required":["kind"]},
                {"type":"object","properties":{"kind":{"const":"square"}},"required":["kind"]}]}"#,
            r#"{"oneOf":[{"enum":["Dot"]},{"type":"object","properties":{"Circle":{"type":"object"}},"required":["Circle"],"additionalProperties":false}]}"#,
            r##"{"anyOf":[{"type":"object","properties":{"a":{"type":"integer"},"b":{"$ref":"#"}}},{"type":"object","properties":{"b":{"$ref":"#"},"c":{"type":"string","format":"date-time"}}},
                {"type":"array","uniqueItems":true},{"type":["string","null"]}]}"##,
            r#"{"type":"array","prefixItems":[{"type":"integer","format":"int8"},{"enum":[1,"a"]}],"items":{"type":["number","string","object"],"additionalProperties":{"type":"object"}}}"#,
        ]
        .map(schema)
        .to_vec()
    });
    &SCHEMAS
}

/// What is done to a text at a place.
#[derive(Clone, Debug)]
enum Change {
    Insert(&'static str),
    CutOff,
    Remove(Index),
    Repeat(Index),
}

fn change() -> impl Strategy<Value = (Index, Change)> {
    let change = prop_oneof![
        2 => select(&PIECES[..]).prop_map(Change::Insert),
        1 => Just(Change::CutOff),
        2 => any::<Index>().prop_map(Change::Remove),
        2 => any::<Index>().prop_map(Change::Repeat),
    ];
    (any::<Index>(), change)
}

fn changed(mut text: String, changes: Vec<(Index, Change)>) -> String {
    for (from, change) in changes {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
        let from = *from.get(&places);
        let range = |to: Index| from.min(*to.get(&places))..from.max(*to.get(&places));
        match change {
            Change::Insert(piece) => text.insert_str(from, piece),
            Change::CutOff => text.truncate(from),
            Change::Remove(to) => text.replace_range(range(to), ""),
            Change::Repeat(to) => {
                let copy = text[range(to)].to_owned();
                text.insert_str(from, &copy);
            }
        }
    }
    text
}

/// A text: mostly one that is nearly JSON or YAML.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (select(&SEEDS[..]), vec(change(), 0..4)).prop_map(|(seed, changes)| changed(seed.to_owned(), changes)),
        2 => vec(select(&PIECES[..]), 0..12).prop_map(|pieces| pieces.concat()),
        2 => (value(), vec(change(), 0..2)).prop_map(|(value, changes)| changed(value.to_string(), changes)),
        1 => vec(any::<char>(), 0..20).prop_map(String::from_iter),
    ]
}

/// Bytes: mostly such as are nearly text.
pub(super) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => (text(), vec((any::<Index>(), any::<u8>()), 0..3)).prop_map(|(text, changes)| {
            let mut bytes = text.into_bytes();
            for (place, byte) in changes.into_iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            bytes
        }),
        1 => vec(any::<u8>(), 0..40),
    ]
}

/// A JSON value.
pub(super) fn value() -> impl Strategy<Value = Value> {
    let name = || {
        prop_oneof![
            select(&["a", "b", "kind", "é", "", "a b"][..]).prop_map(str::to_owned),
            vec(any::<char>(), 0..4).prop_map(String::from_iter)
        ]
    };
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        (-1e6..1e6).prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        name().prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 32, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((name(), inner), 0..5).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

/// Flags: paths, and what they are set to.
pub(super) fn flags() -> impl Strategy<Value = Vec<(String, String)>> {
    let step = select(&["a", "b", "0", "1", "2", "", "é", "99999999999999999999"][..]);
    let path = vec(step, 0..5).prop_map(|steps| steps.join("."));
    let text = prop_oneof![
        text(),
        select(&["[]", "{}", "[1]", "{\"a\":{\"b\":[0]}}", "1", "null"][..]).prop_map(str::to_owned)
    ];
    vec((path, text), 0..8)
}
