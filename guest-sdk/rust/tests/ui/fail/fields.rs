#![allow(unused)]

use flyte_guest::record;
use std::collections::HashMap;

struct Plain {
    n: u8,
}

#[record]
struct Struct {
    fine: u8,
    several: HashMap<String, Vec<Option<Plain>>>,
    #[serde(skip)]
    left_out: Option<std::rc::Weak<u8>>,
}

#[record]
enum Choice {
    Of(Plain),
}

fn main() {}
