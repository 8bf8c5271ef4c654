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
