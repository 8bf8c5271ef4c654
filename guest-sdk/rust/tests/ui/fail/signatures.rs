#![allow(unused)]

use flyte_guest::task;
use std::borrow::Cow;

#[task]
unsafe fn risky() {}

#[task]
const fn fixed() {}

#[task]
extern "C" fn foreign() {}

#[task]
fn generic<T: Clone>(value: Vec<T>) {}

#[task]
fn nested(text: Option<&str>, cow: Cow<'_, str>, f: fn() -> u8) {}

#[task]
fn destructured([a, b]: [u8; 2], _: u8, ref c: u8) {}

#[task]
fn borrowed() -> &'static str {
    ""
}

#[task]
fn opaque(numbers: impl Iterator<Item = u8>) -> Result<impl Clone, String> {
    Ok(())
}

#[task]
fn bodiless(n: u8) -> u8;

struct Methods;

impl Methods {
    #[task]
    fn method(&self) {}
}

#[task]
struct NotAFunction;

#[task]
fn größe() {}

fn main() {
    // The function is there, whatever is wrong with its attribute.
    nested(None, Cow::Borrowed(""), || 1);
}
