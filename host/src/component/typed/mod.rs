//! Components that know nothing of this host: each function they export, with the types it has in WIT, is a task.
//!
//! | WIT | JSON Schema | JSON |
//! |---|---|---|
//! | `bool` | `boolean` | `true` |
//! | `u8` … `u64`, `s8` … `s64` | `integer` with its range | `42`, exact |
//! | `f32`, `f64` | `number` | `1.5`; a NaN or an infinity in a result is an invalid output |
//! | `char` | `string` of length 1 | `"ä"` |
//! | `string` | `string` | `"text"` |
//! | `list<u8>` | `string`, base64 | `"AAEC"` |
//! | `list<t>` | `array` | `[1, 2]` |
//! | `map<string, v>` | `object` | `{"key": 1}` |
//! | `map<k, v>` | `array` of pairs | `[[1, "a"]]` |
//! | `tuple<a, b>` | `array` of that many items | `[1, "a"]` |
//! | `record` | `object`; fields that are an `option` need not be there | `{"feature_a": 1.5}` |
//! | `enum` | `string`, one of its cases | `"dark-red"` |
//! | `flags` | `array` of some of its names | `["read", "write"]` |
//! | `variant` | a case without a payload is a `string`, one with a payload an `object` of one field | `"none"`, `{"circle": 2.0}` |
//! | `option<t>` | `t` or `null` | `null`, `3` |
//! | `option<option<t>>` | what is there is an `object` | `null`, `{"some": null}`, `{"some": 3}` |
//! | `result<t, e>` inside a value | as a variant of `ok` and `error` | `{"ok": 3}`, `{"error": "why"}`, `"ok"` |
//! | `result<t, e>` of a function | `t` | `3`; an error is the task's error, with `e` as its details |
//! | nothing, as a result | `null` | `null` |
//!
//! Names of functions, parameters and fields have `_` for `-`; names of cases and flags are values, and stay as they are.
//! Handles, streams, futures and error contexts have no JSON: a function with one of them can't be a task. Of several
//! entries of a map with one key, the last counts.
//!
//! A component that imports a function has these values of the child's result. Of its error it has the details where the
//! error of its `result` is a value, the message where that is a `string`, and nothing where it is `_`. What a typed component
//! gives as an error is compared when both are loaded. What another one's tasks fail with is not known before, as the details of
//! a `TaskError` are any JSON: where they don't fit, and where there is no `result`, the caller traps.

mod cases;
mod docs;
mod export;
mod interface;
mod schema;
mod signature;
mod wanted;
mod wit_type;

pub(crate) use docs::{DOCS_SECTION, Docs};
pub(crate) use export::{Export, Place, environments, keep_apart};
pub(crate) use interface::Interface;
pub(crate) use signature::{ErrorSchema, Schemas, Signature, snake};
pub(crate) use wanted::{Unmatched, Wanted};
pub(crate) use wit_type::{Case, Field, IntType, WitType};
