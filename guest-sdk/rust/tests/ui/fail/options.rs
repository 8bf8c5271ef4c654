#![allow(unused)]

use flyte_guest::{record, task};

#[task]
fn parameter(value: Vec<Option<Option<u8>>>) {}

#[task]
fn result() -> Result<Option<std::option::Option<u8>>, String> {
    Ok(None)
}

#[record]
struct Fields {
    value: Option<Option<u8>>,
}

fn main() {}
