//! One attack: its line in the table, and its test.

use std::future::Future;
use std::pin::Pin;

/// An attack that was carried out, and judged.
pub(crate) type Trial = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An attack, as the table shows it.
pub(crate) struct Attack {
    /// The name of its task or file.
    pub(crate) name: &'static str,
    /// What it tries.
    pub(crate) tries: &'static str,
    /// What stops it.
    pub(crate) stopped_by: &'static str,
    /// Carries it out and panics where it is not stopped.
    pub(crate) trial: fn() -> Trial,
}

/// Declares attacks: `name: "what it tries" => "what stops it", { a trial }`. Each becomes a module with a test.
macro_rules! attacks {
    ($($name:ident: $tries:literal => $stopped_by:literal, $trial:block)*) => {
        $(
            pub(crate) mod $name {
                #[allow(unused_imports, reason = "not every trial needs all")]
                use super::*;

                pub(crate) static ATTACK: $crate::attack::Attack = $crate::attack::Attack {
                    name: stringify!($name),
                    tries: $tries,
                    stopped_by: $stopped_by,
                    trial: || Box::pin(async { $trial }),
                };

                #[test]
                fn is_stopped() {
                    $crate::house::endure(&ATTACK);
                }
            }
        )*
    };
}
