//! Records of all shapes.
#![deny(warnings)]

use flyte_guest::{Bytes, jiff, record, task};
use std::collections::{BTreeMap, HashMap};

#[record]
pub struct Unit;

#[record]
pub struct Meters(f64);

#[record]
pub struct Pair(u8, String);

#[record(rename_all = "camelCase")]
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    #[record(rename = "value")]
    the_value: i128,
    #[record(default)]
    child_trees: Vec<Tree>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Box<Tree>>,
}

#[record]
pub struct Page<T> {
    items: Vec<T>,
    #[record(default = 1)]
    number: u32,
}

#[record(rename_all = "snake_case")]
pub enum Shape {
    Dot,
    Circle(f64),
    Segment(f64, f64),
    #[record(rename = "rect")]
    Rectangle {
        width: f64,
        #[record(default = 1.0)]
        height: f64,
    },
}

#[record]
pub struct Open {
    known: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

/// Fields of which serde and schemars know the form, or are to leave out.
#[record]
pub struct Foreign<T: Clone + 'static>
where
    T: PartialEq,
{
    duration: std::time::Duration,
    #[serde(skip)]
    _handle: Option<fn(Opaque)>,
    #[serde(with = "as_text")]
    #[schemars(with = "String")]
    address: Opaque,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text_if_any")]
    #[schemars(with = "Option<String>")]
    maybe: Option<Option<u8>>,
    #[cfg(any())]
    #[record(default)]
    absent: NoSuchType,
    boxed: Option<Box<str>>,
    slice: Box<[u8]>,
    children: Vec<Self>,
    value: Option<T>,
}

#[record]
#[serde(from = "u8", into = "u8")]
#[derive(Clone)]
pub struct Converted(Opaque);

impl From<u8> for Converted {
    fn from(number: u8) -> Self {
        Self(Opaque(number))
    }
}

impl From<Converted> for u8 {
    fn from(converted: Converted) -> Self {
        converted.0.0
    }
}

#[derive(Clone, PartialEq)]
pub struct Opaque(u8);

mod as_text {
    use super::Opaque;
    use flyte_guest::__private::serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &Opaque, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&value.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Opaque, D::Error> {
        String::deserialize(deserializer).map(|text| Opaque(text.len() as u8))
    }
}

mod as_text_if_any {
    use flyte_guest::__private::serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &Option<Option<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(|value| format!("{value:?}")).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u8>>, D::Error> {
        Option::<String>::deserialize(deserializer).map(|text| text.map(|text| text.parse().ok()))
    }
}

#[task]
pub fn foreign(_value: Foreign<u8>, converted: Converted) -> Converted {
    converted
}

use flyte_guest::serde_json;

#[task]
pub fn all(_u: Unit, m: Meters, _p: Pair, _t: Tree, pages: Page<Page<u8>>, _s: Shape, _o: Open) -> (Meters, u32) {
    (m, pages.number)
}

#[task]
pub fn others(bytes: Bytes, at: jiff::Timestamp, by: HashMap<u8, [i64; 3]>) -> Option<(Bytes, jiff::Timestamp)> {
    by.is_empty().then_some((bytes, at))
}

fn main() {}
