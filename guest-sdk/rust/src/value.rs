//! What may be a parameter or a result.

use crate::Bytes;
use crate::jiff::civil::{Date, DateTime, Time};
use crate::jiff::{SignedDuration, Span, Timestamp};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

/// A type that can be a task's parameter or result: it has a JSON form and a JSON Schema.
///
/// [`#[record]`](macro@crate::record) implements it for types of your own. Of other crates' types, these have it:
///
/// | type | in JSON |
/// |---|---|
/// | `bool`, integers up to `i128` and `u128` | exact, digit by digit; `i128` and `u128` not within an untagged or internally tagged enum, or a flattened field |
/// | `f32`, `f64` | finite numbers; NaN and infinities are errors |
/// | `String`, `char`, `Box<str>` | string |
/// | `()` | null |
/// | `Option<T>` | null or the value; an optional parameter; not of another `Option`: `Some(None)` would come back as `None` |
/// | `Vec`, `VecDeque`, `[T; N]` up to 32, `BTreeSet`, `HashSet`, tuples up to 12 | array |
/// | `BTreeMap`, `HashMap` | object; the keys are strings, `char`s, integers or enums of unit variants |
/// | [`Bytes`] | string in base64 |
/// | `jiff`'s [`Timestamp`], [`DateTime`], [`Date`], [`Time`], [`Span`], [`SignedDuration`] | string in ISO 8601 |
/// | `serde_json::Value` | anything |
/// | `Box<T>` | as `T` |
///
/// Why isn't there `jiff::Zoned`? Its names of time zones need a database, and a sandbox has none. Why not
/// `std::time::Duration`? serde makes an object of it; `SignedDuration` is a string that people can read.
///
/// A type with `Serialize`, `Deserialize` and `JsonSchema` of its own becomes a value with
/// `impl flyte_guest::Value for MyType {}`; a type of another crate goes into a newtype with `#[record]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be passed to or from a task",
    label = "not a value type",
    note = "add `#[record]` to `{Self}` if the type is yours; if it is of another crate, put it into a `#[record]` newtype"
)]
pub trait Value: Serialize + DeserializeOwned + JsonSchema {
    /// Whether a parameter of this type may be left out.
    #[doc(hidden)]
    const IS_OPTIONAL: bool = false;
}

impl<T: Value> Value for Option<T> {
    const IS_OPTIONAL: bool = true;
}

macro_rules! values {
    ($($type:ty),* $(,)?) => {
        $(impl Value for $type {})*
    };
}

values!(bool, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64);
values!(char, String, Box<str>, (), Bytes, serde_json::Value);
values!(Timestamp, DateTime, Date, Time, Span, SignedDuration);

impl<T: Value> Value for Box<T> {}
impl<T: Value> Value for Vec<T> {}
impl<T: Value> Value for VecDeque<T> {}
impl<T: Value + Ord> Value for BTreeSet<T> {}
impl<T: Value + Eq + Hash, S: BuildHasher + Default> Value for HashSet<T, S> {}
impl<K: Value + Ord, V: Value> Value for BTreeMap<K, V> {}
impl<K: Value + Eq + Hash, V: Value, S: BuildHasher + Default> Value for HashMap<K, V, S> {}

macro_rules! arrays {
    ($($length:literal)*) => {
        $(impl<T: Value> Value for [T; $length] {})*
    };
}

arrays!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);

macro_rules! tuples {
    ($($($name:ident)+;)*) => {
        $(impl<$($name: Value),+> Value for ($($name,)+) {})*
    };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}

/// The type of a record's field: whatever serde and schemars take, a [`Value`] or not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be in a field of a record",
    label = "has no JSON form",
    note = "add `#[record]` to `{Self}`, or to what it holds, if the type is yours; if it is of another crate, give the field \
            `#[serde(with = \"…\")]` and `#[schemars(with = \"…\")]`, or `#[serde(skip)]`"
)]
pub trait Field: Serialize + DeserializeOwned + JsonSchema {}

// Or the compiler would speak of serde's traits, and the author has only heard of `#[record]`.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + JsonSchema> Field for T {}

/// What `#[record]` asks of a type's fields, in one place and before the derives do.
pub trait Record {
    /// Compiles if every field is a [`Field`]. Never called.
    fn assert_fields();
}

/// Compiles if `T` is a [`Field`].
pub const fn assert_field<T: Field>() {}

/// A parameter within generated inputs. It asks of the type to be a [`Value`] and nothing else, so that a type
/// that is none gets that one error.
#[derive(Debug)]
pub struct Parameter<T>(pub T);

impl<T: Value> Serialize for Parameter<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Value> Deserialize<'de> for Parameter<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}
