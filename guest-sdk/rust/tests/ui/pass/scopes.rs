//! A task and its `invoke` go together into any scope, and lints of the author don't reach generated code.
#![deny(warnings, missing_docs, unreachable_pub, missing_debug_implementations, clippy::pedantic)]

use flyte_guest::testing::block_on;

mod tasks {
    use flyte_guest::{record, task};

    /// One number.
    #[record]
    #[derive(Debug)]
    pub(crate) struct Number(u32);

    /// In a module.
    #[task]
    pub(crate) async fn one() -> Number {
        Number(1)
    }

    /// With keywords for names.
    #[task]
    pub(crate) fn r#match(r#type: String, mut r#in: u32) -> String {
        r#in += 1;
        format!("{type} {in}", type = r#type, in = r#in)
    }

    impl From<Number> for u32 {
        fn from(number: Number) -> u32 {
            number.0
        }
    }
}

/// Of another component: there is no function to call, and nothing to be linted.
#[flyte_guest::task(external, environment = "stats")]
pub async fn mean(mut values: Vec<f64>, r#type: u8) -> Result<f64, String>;

#[cfg(any())]
#[flyte_guest::task(external)]
fn absent(value: NoSuchType);

use tasks::one;

fn main() {
    #[flyte_guest::task]
    fn local(n: u32, inputs: u32) -> u32 {
        n + inputs
    }

    assert_eq!(local(1, 1), 2);
    assert_eq!(block_on(local::invoke(1, 2)).unwrap(), 3);
    assert_eq!(u32::from(block_on(one())), 1);
    assert_eq!(u32::from(block_on(one::invoke()).unwrap()), 1);
    assert_eq!(block_on(tasks::r#match::invoke("a".into(), 1)).unwrap(), "a 2");
}

flyte_guest::export!(one, tasks::r#match);
