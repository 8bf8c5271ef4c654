//! Knows nothing of this host: it exports functions with types of its own.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]
#![expect(clippy::print_stdout, reason = "it is what one of them is for")]

wit_bindgen::generate!({
    path: "typed/typed.wit",
});

use std::collections::BTreeMap;

use exports::demo::typed::handles::{self, GuestTicket};
use exports::demo::typed::values::{self, Color, Everything, Shape};

struct Typed;

impl values::Guest for Typed {
    fn echo(value: Everything) -> Everything {
        value
    }

    fn echo_color(color: Color) -> Color {
        color
    }

    fn echo_shape(shape: Shape) -> Shape {
        shape
    }

    fn echo_twice(twice: Option<Option<u32>>) -> Option<Option<u32>> {
        twice
    }

    fn echo_names(of: BTreeMap<String, u32>) -> BTreeMap<String, u32> {
        of
    }

    fn echo_numbers(of: BTreeMap<u32, String>) -> BTreeMap<u32, String> {
        of
    }

    fn echo_single(single: f32) -> f32 {
        single
    }

    fn nothing() {}

    fn nan() -> f64 {
        f64::NAN
    }

    fn divide(dividend: i32, divisor: i32) -> Result<i32, String> {
        dividend.checked_div(divisor).ok_or_else(|| format!("{dividend} cannot be divided by {divisor}"))
    }

    fn pick(index: u32) -> Result<Color, Shape> {
        match index {
            0 => Ok(Color::DarkRed),
            1 => Err(Shape::None),
            _ => Err(Shape::Circle(f64::from(index))),
        }
    }

    fn check(fine: bool) -> Result<(), ()> {
        fine.then_some(()).ok_or(())
    }

    fn spin() {
        loop {
            std::hint::black_box(());
        }
    }

    fn crash(message: String) {
        panic!("{message}");
    }

    fn allocate(mebibytes: u32) -> u32 {
        let bytes = vec![1_u8; (mebibytes as usize) << 20];
        std::hint::black_box(&bytes).iter().step_by(1 << 20).map(|byte| u32::from(*byte)).sum()
    }

    fn print(line: String) {
        println!("{line}");
    }

    async fn later(number: u32) -> u32 {
        wit_bindgen::yield_async().await;
        // This one never comes.
        while number == u32::MAX {
            wit_bindgen::yield_async().await;
        }
        number
    }
}

struct Ticket(String);

impl GuestTicket for Ticket {
    fn new(name: String) -> Self {
        Self(name)
    }

    fn name(&self) -> String {
        self.0.clone()
    }
}

impl handles::Guest for Typed {
    type Ticket = Ticket;

    fn issue(name: String) -> handles::Ticket {
        handles::Ticket::new(Ticket(name))
    }

    fn flow() -> wit_bindgen::StreamReader<u8> {
        wit_stream::new().1
    }

    fn promise() -> wit_bindgen::FutureReader<String> {
        wit_future::new(String::new).1
    }

    fn plain() -> String {
        "plain".to_owned()
    }
}

impl Guest for Typed {
    fn sum_all(numbers: Vec<i64>, start_with: Option<i64>) -> i64 {
        numbers.into_iter().fold(start_with.unwrap_or_default(), i64::wrapping_add)
    }
}

export!(Typed);
