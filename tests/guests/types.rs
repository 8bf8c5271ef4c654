//! Every kind of value, in and out unchanged.

use std::collections::{BTreeMap, HashMap};

use flyte_guest::jiff::{SignedDuration, Timestamp};
use flyte_guest::{Bytes, record, task};

#[record]
struct Inner {
    label: String,
}

#[record]
struct Outer {
    inner: Inner,
    list: Vec<Inner>,
    maybe: Option<Inner>,
}

#[record]
struct Tree {
    value: i64,
    children: Vec<Tree>,
}

#[record]
struct Wrapper(u8);

#[record]
struct Nothing;

#[record]
enum Color {
    Red,
    Green,
    Blue,
}

#[record]
enum Shape {
    Point,
    Circle(f64),
    Line(f64, f64),
    Box { width: f64, height: f64 },
}

macro_rules! echo {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(
            #[task]
            fn $name(value: $type) -> $type {
                value
            }
        )*
        flyte_guest::export!($($name),*);
    };
}

echo! {
    echo_bool: bool,
    echo_u8: u8,
    echo_u16: u16,
    echo_u32: u32,
    echo_u64: u64,
    echo_u128: u128,
    echo_i8: i8,
    echo_i16: i16,
    echo_i32: i32,
    echo_i64: i64,
    echo_i128: i128,
    echo_f32: f32,
    echo_f64: f64,
    echo_string: String,
    echo_char: char,
    echo_unit: (),
    echo_option: Option<i64>,
    echo_vec: Vec<i64>,
    echo_array: [i64; 3],
    echo_tuple: (i64, String, bool),
    echo_btree_map: BTreeMap<String, i64>,
    echo_hash_map: HashMap<String, Inner>,
    echo_color: Color,
    echo_shape: Shape,
    echo_outer: Outer,
    echo_tree: Tree,
    echo_wrapper: Wrapper,
    echo_nothing: Nothing,
    echo_timestamp: Timestamp,
    echo_duration: SignedDuration,
    echo_bytes: Bytes,
}
