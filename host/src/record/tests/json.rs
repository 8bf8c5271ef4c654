//! JSON values as text.

use crate::record::{Json, JsonKind};

fn json(text: &str) -> Json {
    Json::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn layouts_keep_numbers_strings_and_order() {
    let text = r#" { "z" : 1.10 , "a":[ ], "o":{ }, "n":[1E+2,-0,123456789012345678901234567890], "s":"a b\u0041\/ {}[],:\"" } "#;
    let value = json(text);
    assert_eq!(value.as_str(), text);
    assert_eq!(
        value.compact(),
        r#"{"z":1.10,"a":[],"o":{},"n":[1E+2,-0,123456789012345678901234567890],"s":"a b\u0041\/ {}[],:\""}"#
    );
    insta::assert_snapshot!(value.pretty(), @r#"
    {
      "z": 1.10,
      "a": [],
      "o": {},
      "n": [
        1E+2,
        -0,
        123456789012345678901234567890
      ],
      "s": "a b\u0041\/ {}[],:\""
    }
    "#);
    assert_eq!(json(&value.pretty()).compact(), value.compact());
}

#[test]
fn strings_are_decoded() {
    assert_eq!(
        json(r#" "a\u00e9\ud83d\ude00\n\"\\\/\b\f\r\t" "#).as_string().unwrap(),
        "aé😀\n\"\\/\u{8}\u{c}\r\t"
    );
    assert_eq!(json("1").as_string(), None);
    for content in ["", "ada", "\"", "\u{0}\u{1f}\u{7f}\u{2028}", "日本語😀"] {
        assert_eq!(Json::string(content).as_string().unwrap(), content);
    }
}

#[test]
fn kinds() {
    for (text, kind) in [
        (" null", JsonKind::Null),
        ("true", JsonKind::Boolean),
        ("-1", JsonKind::Number),
        ("\n\"\"", JsonKind::String),
        ("[]", JsonKind::Array),
        ("{}", JsonKind::Object),
    ] {
        assert_eq!(json(text).kind(), kind, "{text}");
    }
}

#[test]
fn rust_values_that_json_cannot_say_are_refused() {
    let said = |error: crate::record::ConvertError| error.to_string();
    assert_eq!(
        Json::from_serialize(&(1, "a", Some(1.5), u128::MAX)).unwrap().as_str(),
        r#"[1,"a",1.5,340282366920938463463374607431768211455]"#
    );
    assert_eq!(
        said(Json::from_serialize(&vec![Some(f64::NAN)]).unwrap_err()),
        "the value cannot be written as JSON: JSON has no NaN"
    );
    assert_eq!(
        said(Json::from_serialize(&[f32::INFINITY]).unwrap_err()),
        "the value cannot be written as JSON: JSON has no inf"
    );
    assert!(Json::from_serialize(&std::collections::BTreeMap::from([((1, 2), 3)])).is_err());
    assert_eq!(
        said(json(r#"{"a":"x"}"#).to::<std::collections::BTreeMap<String, i32>>().unwrap_err()),
        "the value does not fit: invalid type: string \"x\", expected i32 at line 1 column 8"
    );
}
