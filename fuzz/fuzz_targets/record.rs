//! Text (and bytes that are none) as a record: what is read, refused and laid out is what `serde_json` reads, and no
//! check says otherwise.
#![no_main]

use std::sync::LazyLock;

use flyte_host::record::{Draft, InputError, Json, Schema, SyntaxCause};
use libfuzzer_sys::fuzz_target;

/// What a message may take, in bytes, whatever the text was.
const LONGEST_MESSAGE: usize = 1 << 20;

const BATCH: &str = r##"{"type":"object","required":["batch"],"additionalProperties":false,
  "properties":{"batch":{"$ref":"#/$defs/Batch"}},"$defs":{
  "Batch":{"type":"object","additionalProperties":false,"required":["requests"],"properties":{
    "requests":{"type":"array","items":{"$ref":"#/$defs/Request"}},"batch_id":{"type":"string","default":"x"}}},
  "Request":{"type":"object","additionalProperties":false,"required":["feature_a","feature_b"],"properties":{
    "feature_a":{"type":"number","format":"double"},"feature_b":{"type":"number","format":"float"}}}}}"##;

const INTERNALLY_TAGGED: &str = r#"{"oneOf":[
  {"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"number","exclusiveMinimum":0}},"required":["kind"]},
  {"type":"object","properties":{"kind":{"const":"square"},"side":{"type":"integer","format":"uint8"}},"required":["kind"]}]}"#;

const EXTERNALLY_TAGGED: &str = r#"{"oneOf":[{"enum":["Dot","Line"]},
  {"type":"object","properties":{"Circle":{"type":"object"}},"required":["Circle"],"additionalProperties":false},
  {"type":"object","properties":{"Square":{"type":"array"}},"required":["Square"],"additionalProperties":false}]}"#;

const RECURSIVE: &str = r##"{"anyOf":[
  {"type":"object","properties":{"a":{"type":"integer","multipleOf":0.5},"b":{"$ref":"#"}}},
  {"type":"object","properties":{"b":{"$ref":"#"},"c":{"type":"string","format":"date-time"}},"required":["c"]},
  {"type":"array","uniqueItems":true,"items":{"$ref":"#"}},{"type":["string","null"],"maxLength":9}]}"##;

const MIXED: &str = r#"{"type":["array","object"],"prefixItems":[{"type":"integer","format":"int8"},{"enum":[1,"a",{"x":[1.0]}]}],
  "items":{"type":["number","string","object"],"format":"duration","additionalProperties":{"type":"object"}},
  "patternProperties":{"^-?\\d+$":{"type":"string","contentEncoding":"base64"}},"additionalProperties":false}"#;

const ALL: &str = r#"{"allOf":[{"type":"object","properties":{"a":{"type":"number","minimum":-1e400,"maximum":1e-400}},"maxProperties":3},
  {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"boolean"}},"required":["b"]}]}"#;

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    ["true", BATCH, INTERNALLY_TAGGED, EXTERNALLY_TAGGED, RECURSIVE, MIXED, ALL]
        .map(|text| Schema::compile(text).expect("a schema"))
        .to_vec()
});

fuzz_target!(|bytes: &[u8]| {
    let read = Json::from_utf8(bytes.to_vec());
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert!(matches!(read.expect_err("bytes that are no text").cause(), SyntaxCause::NotUtf8 { .. }));
        return;
    };
    let peer = serde_json::from_str::<serde_json::Value>(text);
    match &read {
        Ok(json) => {
            let beyond = |error: &serde_json::Error| error.to_string().starts_with("number out of range");
            assert!(peer.as_ref().err().is_none_or(beyond), "only this reader takes the text");
            assert_eq!(json.as_str(), text);
            for layout in [json.compact(), json.pretty()] {
                let again = Json::parse(layout.clone()).expect("its own layout");
                assert_eq!(again.compact(), json.compact());
                assert_eq!(serde_json::from_str::<serde_json::Value>(&layout).ok(), peer.as_ref().ok().cloned());
            }
            if let Some(content) = json.as_string() {
                assert_eq!(serde_json::from_str::<String>(text).expect("a string"), content);
            }
            let mut draft = Draft::new();
            let _ = draft.merge_all(json);
            let _ = draft.set("a", json.clone());
            let _ = draft.set_path(&["a", "b", "0"], json.clone());
            let _ = Json::parse(draft.finish().as_str()).expect("a draft");
        }
        Err(error) => {
            let stricter = matches!(error.cause(), SyntaxCause::DuplicateKey { .. });
            assert!(peer.is_err() || stricter, "only this reader refuses the text: {error}");
            assert!(error.to_string().len() + error.snippet().unwrap_or_default().len() < LONGEST_MESSAGE);
        }
    }
    for schema in SCHEMAS.iter() {
        match schema.check(text) {
            Ok(()) => assert!(read.is_ok()),
            Err(error) => {
                assert_eq!(matches!(error, InputError::Syntax(_)), read.is_err(), "{error}");
                assert!(error.to_string().len() < LONGEST_MESSAGE);
            }
        }
    }
    if let Ok(json) = Json::from_yaml(text) {
        assert!(Json::parse(json.as_str()).is_ok());
    }
});
