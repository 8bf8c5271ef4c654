//! The schemas that a component shows its host.

#![allow(clippy::unwrap_used, reason = "a test says by it what it expects")]

use flyte_guest::testing::describe;
use flyte_guest::{Bytes, jiff, record, serde_json, task};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A request for one prediction.
#[record]
struct InferenceRequest {
    /// Weighs 2.
    feature_a: f64,
    feature_b: f64,
}

#[record]
struct BatchRequest {
    requests: Vec<InferenceRequest>,
    #[record(default = "default")]
    batch_id: String,
}

/// Predicts.
///
///   * indented more
/// and not.
#[task]
fn predict(
    batch: BatchRequest,
    /// Of the requests.
    one: InferenceRequest,
    #[task(default = InferenceRequest { feature_a: 1.0, feature_b: 2.0 })] other: InferenceRequest,
    #[task(default = 7)] r#type: u8,
    threshold: Option<f64>,
) -> Vec<InferenceRequest> {
    let _ = (one, other, r#type, threshold);
    batch.requests
}

#[test]
fn parameters_in_their_order_with_shared_definitions() {
    let description = describe::<predict>();
    assert_eq!(description.name, "predict");
    assert_eq!(description.documentation, "Predicts.\n\n  * indented more\nand not.");
    insta::assert_json_snapshot!("predict_inputs", description.inputs);
    insta::assert_json_snapshot!("predict_output", description.output);
}

#[task]
#[expect(clippy::too_many_arguments, reason = "one of each")]
fn scalars(
    _bool: bool,
    _i8: i8,
    _i64: i64,
    _u64: u64,
    _i128: i128,
    _u128: u128,
    _f32: f32,
    _char: char,
    _text: String,
    _any: serde_json::Value,
    _bytes: Bytes,
    _at: jiff::Timestamp,
    _local: jiff::civil::DateTime,
    _date: jiff::civil::Date,
    _time: jiff::civil::Time,
    _span: jiff::Span,
    _length: jiff::SignedDuration,
) {
}

#[task]
fn collections(
    _array: [u8; 3],
    _tuple: (u8, String),
    _set: BTreeSet<u8>,
    _by_name: HashMap<String, u8>,
    _by_number: BTreeMap<i64, u8>,
    _maybe: Option<InferenceRequest>,
) {
}

#[test]
fn types_of_other_crates() {
    insta::assert_json_snapshot!("scalars", describe::<scalars>().inputs);
    insta::assert_json_snapshot!("collections", describe::<collections>().inputs);
    insta::assert_json_snapshot!("unit", describe::<scalars>().output);
}

#[record(rename_all = "camelCase")]
struct Tree {
    the_value: Meters,
    #[record(default)]
    child_trees: Vec<Tree>,
    pair: Pair,
    unit: Unit,
    #[record(rename = "shape")]
    its_shape: Option<Shape>,
    page: Page<Level>,
}

#[record]
struct Meters(f64);
#[record]
struct Pair(u8, String);
#[record]
struct Unit;

/// How bad.
#[record(rename_all = "kebab-case")]
enum Level {
    /// All is well.
    VeryLow,
    High,
}

#[record(rename_all = "snake_case")]
enum Shape {
    Dot,
    Circle(f64),
    Segment(f64, f64),
    Rectangle {
        width: f64,
        #[record(default = 1.0)]
        height: f64,
    },
}

#[record]
struct Page<T> {
    items: Vec<T>,
    #[record(default = 1)]
    number: u32,
}

#[task]
fn shapes(tree: Tree) -> Tree {
    tree
}

#[test]
fn records_of_all_shapes() {
    insta::assert_json_snapshot!("shapes_inputs", describe::<shapes>().inputs);
    insta::assert_json_snapshot!("shapes_output", describe::<shapes>().output);
}

#[test]
fn every_shape_survives_json() {
    let json = r#"{"tree":{"theValue":1.5,"childTrees":[],"pair":[1,"a"],"unit":null,"shape":{"rectangle":{"width":2.0}},"page":{"items":["very-low"]}}}"#;
    let output = flyte_guest::testing::block_on(<shapes as flyte_guest::Task>::run(json.into())).unwrap();
    let expected = r#"{"theValue":1.5,"childTrees":[],"pair":[1,"a"],"unit":null,"shape":{"rectangle":{"width":2.0,"height":1.0}},"page":{"items":["very-low"],"number":1}}"#;
    assert_eq!(output, expected);
}

/// What `describe` panics with.
fn refusal<T: flyte_guest::Task>() -> String {
    let panic = std::panic::catch_unwind(describe::<T>).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn a_default_that_is_not_json_is_refused_and_named() {
    #[task]
    fn plain(#[task(default = f64::NAN)] z: f64) {
        let _ = z;
    }
    assert_eq!(refusal::<plain>(), "task `plain`: the default of the parameter `z`: NaN is not a JSON number");

    #[task]
    fn nested(
        #[task(default = vec![Some(Meters(0.0)), Some(Meters(f64::INFINITY))])] lengths: Vec<Option<Meters>>,
    ) {
        let _ = lengths;
    }
    let expected = "task `nested`: the default of the parameter `lengths`: [1]: infinity is not a JSON number";
    assert_eq!(refusal::<nested>(), expected);
}

#[record]
struct Curve {
    #[record(default = f64::NAN)]
    slope: f64,
}

#[record]
struct Interval {
    #[record(default)]
    bounds: Bounds,
}

#[record]
struct Bounds {
    low: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { low: f64::NEG_INFINITY }
    }
}

#[record]
enum Segment {
    Ray {
        #[record(default = f32::INFINITY)]
        length: f32,
    },
}

#[test]
fn a_fields_default_that_is_not_json_is_refused_and_named() {
    #[task]
    fn curve(_curve: Vec<Curve>) {}
    assert_eq!(refusal::<curve>(), "the default of the field `Curve.slope`: NaN is not a JSON number");

    #[task]
    fn interval(_interval: Interval) {}
    let expected = "the default of the field `Interval.bounds`: low: -infinity is not a JSON number";
    assert_eq!(refusal::<interval>(), expected);

    #[task]
    fn segment() -> Segment {
        Segment::Ray { length: 1.0 }
    }
    let expected = "the default of the field `Segment::Ray.length`: infinity is not a JSON number";
    assert_eq!(refusal::<segment>(), expected);
}
