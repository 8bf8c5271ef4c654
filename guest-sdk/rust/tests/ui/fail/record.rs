#![allow(unused)]

use flyte_guest::record;

#[record]
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Derived {
    a: u8,
}

#[record(rename_al = "snake_case")]
struct Container {
    a: u8,
}

#[record]
struct Fields {
    #[record(defalt = 1)]
    a: u8,
    #[record(rename = 1)]
    b: u8,
    #[record(default, default = 2)]
    c: u8,
    #[record(default = 300)]
    d: u8,
    #[record(default = 1.5)]
    e: u8,
}

#[record]
struct Borrowed<'a> {
    text: &'a str,
}

#[record]
struct Generic<T> {
    #[record(default = None)]
    value: Option<T>,
}

#[record]
struct Tuple(#[record(default)] u8);

#[record]
enum Choice {
    #[record(default)]
    A,
}

#[record]
union Either {
    a: u8,
    b: i8,
}

#[record]
fn function() {}

fn main() {
    function();
}
