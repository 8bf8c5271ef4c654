//! Imports functions of another component, by an interface that both know.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({
    path: "typed/importer.wit",
    generate_all,
});

use demo::typed::values;

struct Importer;

impl Guest for Importer {
    fn half_of(number: i32, parts: i32) -> Result<i32, String> {
        values::divide(number, parts).map_err(|error| format!("no half: {error}"))
    }

    fn half_or_trap(index: u32) -> String {
        match index {
            0 => format!("{:?}", values::check(false)),
            1 => {
                values::nothing();
                "nothing".to_owned()
            }
            _ => {
                values::crash("on purpose");
                "survived".to_owned()
            }
        }
    }

    async fn both(numbers: Vec<u32>) -> Vec<u32> {
        let mut given = Vec::new();
        for number in numbers {
            given.push(values::later(number).await);
        }
        given
    }
}

export!(Importer);
