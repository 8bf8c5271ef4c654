//! The conformance suite's tasks as functions with types of WIT, as far as those have a word for them.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]
#![expect(clippy::print_stdout, reason = "it is what one of them is for")]

wit_bindgen::generate!({
    path: "typed/conformance.wit",
});

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use exports::demo::conformance::conformance::{Color, Guest, Numbers, Point, Shape};

struct Typed;

impl Guest for Typed {
    fn echo_point(point: Point) -> Point {
        point
    }

    fn echo_numbers(numbers: Numbers) -> Numbers {
        numbers
    }

    fn echo_text(text: String) -> String {
        text
    }

    fn echo_bytes(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    fn echo_list(items: Vec<i64>) -> Vec<i64> {
        items
    }

    fn echo_map(entries: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
        entries
    }

    fn echo_pair(pair: (i64, String)) -> (i64, String) {
        pair
    }

    fn echo_optional(value: Option<i64>) -> Option<i64> {
        value
    }

    fn echo_color(color: Color) -> Color {
        color
    }

    fn nothing() {}

    fn nan() -> f64 {
        f64::NAN
    }

    fn fail(message: String) -> Result<(), String> {
        Err(message)
    }

    fn prints(line: String) {
        println!("{line}");
    }

    fn waits() {
        std::thread::sleep(Duration::from_secs(3600));
    }

    fn spin() {
        while black_box(true) {}
    }

    fn echo_shape(shape: Shape) -> Shape {
        shape
    }

    fn hoards() -> i64 {
        let bytes = black_box(vec![1_u8; 512 << 20]);
        bytes.iter().map(|&byte| i64::from(byte)).sum()
    }

    fn breaks() {
        panic!("no luck");
    }
}

export!(Typed);
