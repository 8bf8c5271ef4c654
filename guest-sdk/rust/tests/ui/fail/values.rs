#![allow(unused)]

use flyte_guest::task;

struct Plain {
    _n: u8,
}

struct Opaque;

#[task]
fn parameter(plain: Plain) {}

#[task]
fn deep(plains: Vec<Option<Plain>>) {}

#[task]
fn result() -> Plain {
    Plain { _n: 1 }
}

#[task]
fn fallible() -> Result<Plain, String> {
    Err(String::new())
}

#[task]
fn error() -> Result<u8, Opaque> {
    Ok(1)
}

fn main() {}
