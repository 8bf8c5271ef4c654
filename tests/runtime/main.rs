//! The library, run on real components: one module for each guest, and some for what goes across guests.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "../support/mod.rs"]
mod support;

mod blocking;
mod catalog;
mod clocks;
mod compile_cache;
mod fanout;
mod faults;
mod files;
mod grandchildren;
mod history;
mod history_kept;
mod importer;
mod interfaces;
mod liar;
mod limits;
mod logs;
mod measured;
mod mismatches;
mod network;
mod policies;
mod preview3;
mod replay;
mod resumed;
mod reuse;
mod rights;
mod text;
mod typed;
mod types;

/// These belong to a suite of their own, in `tests/conformance`.
mod conformance {}
mod conformance_typed {}

/// A guest without a module of its name here is a guest that nothing tests, and does not compile.
macro_rules! assert_test_exists {
    ($guest:ident) => {
        #[allow(unused_imports, reason = "only that it exists matters")]
        use self::$guest as _;
    };
}
flyte_host_artifacts::foreach_guest!(assert_test_exists);
