//! Schemas as `schemars` makes them, and schemas that are refused.

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use crate::record::{Draft, Json, Schema, SchemaError};

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord, Debug, Clone, Default)]
enum Color {
    #[default]
    Red,
    Green,
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Documented {
    /// The first.
    First,
    /// The second.
    Second,
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone)]
enum External {
    Unit,
    New(i32),
    Tuple(i32, String),
    Struct { x: f64 },
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "kind")]
enum Internal {
    Unit,
    New(Inner),
    Struct { x: f64 },
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    New(i32),
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Number(i32),
    Text(String),
    Record(Inner),
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
#[serde(deny_unknown_fields)]
struct Inner {
    a: i32,
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Tree {
    value: i64,
    kids: Vec<Tree>,
    next: Option<Box<Tree>>,
}

#[derive(JsonSchema, Serialize, Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct Everything {
    b: bool,
    i8: i8,
    i64: i64,
    u64: u64,
    i128: i128,
    u128: u128,
    f32: f32,
    f64: f64,
    s: String,
    c: char,
    unit: (),
    opt: Option<u8>,
    opt_record: Option<Inner>,
    opt_enum: Option<Color>,
    opt_external: Option<External>,
    list: Vec<Inner>,
    array: [i32; 3],
    tuple: (i32, String),
    map: BTreeMap<String, f64>,
    by_number: BTreeMap<u32, f64>,
    by_color: BTreeMap<Color, f64>,
    set: BTreeSet<String>,
    any: serde_json::Value,
    color: Color,
    documented: Documented,
    external: Vec<External>,
    internal: Vec<Internal>,
    adjacent: Vec<Adjacent>,
    untagged: Vec<Untagged>,
    result: Result<i32, String>,
    tree: Tree,
    /// Described beside the reference.
    #[serde(default)]
    described: Inner,
}

fn everything() -> Everything {
    let inner = Inner { a: -1 };
    let leaf = Tree { value: i64::MIN, kids: Vec::new(), next: None };
    Everything {
        b: true,
        i8: -128,
        i64: i64::MIN,
        u64: u64::MAX,
        i128: i128::MIN,
        u128: u128::MAX,
        f32: f32::MAX,
        f64: f64::MIN_POSITIVE,
        s: "\u{0}\"\\\u{1f600}\u{2028}".to_owned(),
        c: '\u{10ffff}',
        unit: (),
        opt: Some(255),
        opt_record: Some(inner.clone()),
        opt_enum: None,
        opt_external: Some(External::Unit),
        list: vec![inner.clone(); 3],
        array: [1, 2, 3],
        tuple: (1, String::new()),
        map: BTreeMap::from([("a b".to_owned(), 1.0), (String::new(), -0.0)]),
        by_number: BTreeMap::from([(7, 1.5)]),
        by_color: BTreeMap::from([(Color::Green, 1.5)]),
        set: BTreeSet::from(["x".to_owned(), "y".to_owned()]),
        any: serde_json::json!({"free": [null, {"x": 1}]}),
        color: Color::Red,
        documented: Documented::Second,
        external: vec![External::New(1), External::Tuple(2, "t".to_owned()), External::Struct { x: 0.5 }],
        internal: vec![Internal::Unit, Internal::New(inner.clone()), Internal::Struct { x: 1e300 }],
        adjacent: vec![Adjacent::Unit, Adjacent::New(1)],
        untagged: vec![Untagged::Number(1), Untagged::Text("t".to_owned()), Untagged::Record(inner.clone())],
        result: Err("no".to_owned()),
        tree: Tree { value: 1, kids: vec![leaf.clone(), leaf.clone()], next: Some(Box::new(leaf)) },
        described: inner,
    }
}

fn made_for<T: JsonSchema>() -> Schema {
    let text = schema_for!(T).as_value().to_string();
    Schema::compile(text.clone()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn what_serde_writes_conforms_to_what_schemars_says() {
    let value = everything();
    let json = Json::from_serialize(&value).expect("it can be written");
    made_for::<Everything>().check(json.as_str()).unwrap_or_else(|error| panic!("{error}"));
    made_for::<Everything>().check(&json.pretty()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(json.to::<Everything>().expect("it can be read"), value);
}

#[test]
fn a_field_of_each_type_that_is_spoilt_is_named() {
    let schema = made_for::<Everything>();
    let json = Json::from_serialize(&everything()).expect("it can be written");
    for property in schema.properties() {
        if property.name == "any" {
            continue;
        }
        let mut spoilt = Draft::new();
        spoilt.merge_all(&json).expect("an object");
        // No type of the record but `any` takes this.
        let nonsense = Json::parse(r#"[{"spoilt": true}, [[]]]"#).expect("it is JSON");
        spoilt.set(&property.name, nonsense).expect("it is set once");
        let error = schema.check(spoilt.finish().as_str()).expect_err(&property.name);
        for violation in error.violations() {
            assert!(violation.path.to_string().starts_with(&property.name), "{}: {violation}", property.name);
        }
    }
}

#[test]
fn names_descriptions_and_defaults() {
    let schema = made_for::<Everything>();
    let described = schema.property("described").expect("it is there");
    assert!(!described.required);
    assert_eq!(described.schema.description(), Some("Described beside the reference."));
    assert_eq!(described.schema.default().expect("a default").compact(), r#"{"a":0}"#);
    let types: Vec<String> = schema
        .properties()
        .into_iter()
        .map(|property| format!("{}: {}", property.name, property.schema.type_name()))
        .collect();
    insta::assert_snapshot!(types.join("\n"), @"
    b: boolean
    i8: integer (int8)
    i64: integer (int64)
    u64: integer (uint64)
    i128: integer (int128)
    u128: integer (uint128)
    f32: number
    f64: number
    s: string
    c: string
    unit: null
    opt: integer (uint8) or null
    opt_record: Inner or null
    opt_enum: Color (one of Red, Green) or null
    opt_external: External or null
    list: list of Inner
    array: list of 3 × integer (int32)
    tuple: tuple of integer (int32), string
    map: map of string to number
    by_number: map of integer to number
    by_color: map of Green, Red to number
    set: set of string
    any: any value
    color: Color (one of Red, Green)
    documented: Documented (one of First, Second)
    external: list of External
    internal: list of Internal
    adjacent: list of Adjacent
    untagged: list of Untagged
    result: Result_of_int32_or_string
    tree: Tree
    described: Inner
    ");
    assert_eq!(schema.name(), Some("Everything"));
    assert_eq!(schema.property("opt-record").expect("kebab-case").schema.properties()[0].name, "a");
}

#[test]
fn unsupported_and_senseless_schemas_are_refused() {
    let said = |text: &str| Schema::compile(text).expect_err(text).to_string();
    let cases = [
        r#"{"type":"string","pattern":"^a"}"#,
        r#"{"properties":{"a/b":{"type":"array","contains":{}}}}"#,
        r#"{"type":"object","unevaluatedProperties":false}"#,
        r#"{"if":{},"then":{}}"#,
        r#"{"patternProperties":{"^x":{}}}"#,
        r#"{"type":"array","items":[{}]}"#,
        r#"{"type":"strin"}"#,
        r#"{"type":"string","minLength":-1}"#,
        r##"{"$ref":"#/$defs/A"}"##,
        r#"{"$ref":"other.json"}"#,
        r##"{"$ref":"#/$defs/A","$defs":{"A":{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]},"B":{"$ref":"#/$defs/A"}}}"##,
        r##"{"$ref":"#"}"##,
        r#"{"multipleOf":0}"#,
        r#"{"contentEncoding":"base32"}"#,
        "7",
        r#"{"type":"#,
    ];
    insta::assert_snapshot!(cases.map(said).join("\n"), @"
    unsupported keyword `pattern` at `#`
    unsupported keyword `contains` at `#/properties/a~1b`
    unsupported keyword `unevaluatedProperties` at `#`
    unsupported keyword `if` at `#`
    unsupported keyword `patternProperties` at `#`
    `items` at `#`: a list of schemas is written `prefixItems` since JSON Schema 2020-12
    `type` at `#`: there is no type `strin`
    `minLength` at `#`: expected a count, got -1
    `$ref` at `#`: `#/$defs/A` does not exist
    `$ref` at `#`: `other.json` is not in this document
    the schema at `#/$defs/A` refers to itself without describing a value
    the schema at `#` refers to itself without describing a value
    `multipleOf` at `#`: expected a number above zero, of at most 18 digits
    `contentEncoding` at `#`: `base32` is not supported, only `base64`
    `schema` at `#`: expected an object, true or false
    the schema is no JSON: malformed JSON at line 1, column 9: expected a value, found the end of the text
    ");
}

#[test]
fn references_find_any_place_of_the_document() {
    let schema = Schema::compile(
        r##"{"type":"object","properties":{"a":{"type":"integer"},"b":{"$ref":"#/properties/a"},"c":{"$ref":"#/$defs/x~1y%20z"}},
            "$defs":{"x/y z":{"type":"null"}}}"##,
    )
    .expect("it compiles");
    assert!(schema.check(r#"{"a":1,"b":2,"c":null}"#).is_ok());
    assert!(schema.check(r#"{"b":"x"}"#).is_err());
    assert_eq!(schema.property("c").expect("it is there").schema.name(), Some("x/y z"));
}

#[test]
fn schemas_of_other_generators() {
    // pydantic 1.10, with `definitions`, captions as titles and `allOf` around a reference.
    let pydantic = Schema::compile(
        r##"{"title":"Batch","type":"object","properties":{
            "name":{"title":"Name","env_names":["name"],"type":"string"},
            "color":{"default":"red","allOf":[{"$ref":"#/definitions/Color"}]},
            "pet":{"title":"Pet","discriminator":{"propertyName":"t","mapping":{}},"oneOf":[{"$ref":"#/definitions/Cat"},{"$ref":"#/definitions/Dog"}]}},
          "required":["name"],"definitions":{"Color":{"title":"Color","description":"An enumeration.","enum":["red","green"],"type":"string"},
            "Cat":{"type":"object","properties":{"t":{"enum":["cat"],"type":"string"}},"required":["t"]},
            "Dog":{"type":"object","properties":{"t":{"enum":["dog"],"type":"string"}},"required":["t"]}}}"##,
    )
    .expect("it compiles");
    assert!(pydantic.check(r#"{"name":"x","color":"green","pet":{"t":"dog"}}"#).is_ok());
    let color = pydantic.property("color").expect("it is there").schema;
    assert_eq!(color.type_name(), "Color (one of red, green)");
    assert_eq!(color.default().expect("a default").as_str(), r#""red""#);
    assert_eq!(pydantic.property("name").expect("it is there").schema.type_name(), "string");
    // zod 4
    let zod = Schema::compile(
        r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{
            "n":{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991},
            "m":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{"type":"number"}},
            "o":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["n","m","o"],"additionalProperties":false}"#,
    )
    .expect("it compiles");
    assert!(zod.check(r#"{"n":9007199254740991,"m":{"x":1},"o":null}"#).is_ok());
    assert!(zod.check(r#"{"n":9007199254740992,"m":{},"o":null}"#).is_err());
}

#[test]
fn a_schema_that_is_too_large_is_refused() {
    let large = format!(r#"{{"description":"{}"}}"#, "x".repeat(1 << 20));
    assert!(matches!(Schema::compile(large), Err(SchemaError::TooLarge { .. })));
}
