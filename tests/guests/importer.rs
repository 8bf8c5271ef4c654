//! Imports functions of another component, by an interface that both know.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({
    path: "typed/importer.wit",
    generate_all,
});

use std::future::{Future as _, poll_fn};
use std::task::Poll;

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

    async fn at_once(numbers: Vec<u32>) -> Vec<u32> {
        let mut calls: Vec<_> = numbers.into_iter().map(|number| Box::pin(values::later(number))).collect();
        let mut given = vec![None; calls.len()];
        poll_fn(|context| {
            for (call, given) in calls.iter_mut().zip(&mut given).filter(|(_, given)| given.is_none()) {
                if let Poll::Ready(number) = call.as_mut().poll(context) {
                    *given = Some(number);
                }
            }
            if given.contains(&None) { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        given.into_iter().flatten().collect()
    }
}

export!(Importer);
