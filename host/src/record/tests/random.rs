//! Random texts: nothing panics, and what is taken and refused is what serde_json takes and refuses.

use crate::record::tests::{BATCH, schema};
use crate::record::{Draft, Json, Schema, SyntaxCause};

const SEEDS: [&str; 6] = [
    r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2.5e0},{"feature_a":-1E+3,"feature_b":0}],"batch_id":"x\u00e9\n"}}"#,
    r#"{"kind":"circle","r":1.5,"extra":[null,true,false,{}]}"#,
    r#"[1,1.0,"a","\ud83d\ude00",{"a":{"b":[[]]}},-0,123456789012345678901234567890]"#,
    r#"{"Circle":{"r":1}}"#,
    r#"{"a":1,"b":{"a":1,"b":{"a":"x"}},"c":"2025-01-31T09:30:00Z"}"#,
    "\"日本語 \\\"quoted\\\" \\\\\"",
];

const PIECES: [&str; 32] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "d800",
    "0",
    "1",
    "-",
    ".",
    "e",
    "+",
    "null",
    "true",
    "fals",
    " ",
    "\n",
    "\t",
    "\u{1}",
    "é",
    "😀",
    "\"a\":",
    "\"batch\":",
    "1e400",
    "99999999999999999999",
    "\u{feff}",
    "[[",
    "}}",
];

fn schemas() -> Vec<Schema> {
    [
        BATCH,
        "true",
        r#"{"oneOf":[{"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"number"}},"required":["kind"]},
            {"type":"object","properties":{"kind":{"const":"square"}},"required":["kind"]}]}"#,
        r#"{"oneOf":[{"enum":["Dot"]},{"type":"object","properties":{"Circle":{"type":"object"}},"required":["Circle"],"additionalProperties":false}]}"#,
        r##"{"anyOf":[{"type":"object","properties":{"a":{"type":"integer"},"b":{"$ref":"#"}}},{"type":"object","properties":{"b":{"$ref":"#"},"c":{"type":"string","format":"date-time"}}},
            {"type":"array","uniqueItems":true},{"type":["string","null"]}]}"##,
        r#"{"type":"array","prefixItems":[{"type":"integer","format":"int8"},{"enum":[1,"a"]}],"items":{"type":["number","string","object"],"additionalProperties":{"type":"object"}}}"#,
    ]
    .map(schema)
    .to_vec()
}

fn mutated(random: &mut fastrand::Rng) -> String {
    let mut text = SEEDS[random.usize(..SEEDS.len())].to_owned();
    for _ in 0..random.usize(..4) {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
        let from = places[random.usize(..places.len())];
        match random.u8(..4) {
            0 => text.insert_str(from, PIECES[random.usize(..PIECES.len())]),
            1 => text.truncate(from),
            2 => {
                let to = places[random.usize(..places.len())];
                text.replace_range(from.min(to)..from.max(to), "");
            }
            _ => {
                let to = places[random.usize(..places.len())];
                let copy = text[from.min(to)..from.max(to)].to_owned();
                text.insert_str(from, &copy);
            }
        }
    }
    text
}

#[test]
fn nothing_panics_and_serde_json_agrees() {
    let mut random = fastrand::Rng::with_seed(7);
    let schemas = schemas();
    let mut taken = 0;
    for _ in 0..10_000 {
        let text = mutated(&mut random);
        let peer = serde_json::from_str::<serde_json::Value>(&text);
        match Json::parse(text.clone()) {
            Ok(json) => {
                taken += 1;
                // serde_json has no numbers beyond a double, which are no fault of the syntax.
                assert!(
                    peer.is_ok() || peer.as_ref().unwrap_err().to_string().starts_with("number out of range"),
                    "{text}: {peer:?}"
                );
                for layout in [json.compact(), json.pretty()] {
                    assert_eq!(
                        serde_json::from_str::<serde_json::Value>(&layout).ok(),
                        peer.as_ref().ok().cloned(),
                        "{text}"
                    );
                }
                if let Some(content) = json.as_string() {
                    assert_eq!(serde_json::from_str::<String>(&text).unwrap(), content);
                }
                let mut draft = Draft::new();
                let _ = draft.set("a", json.clone());
                let _ = draft.set_path(&["a", "b", "0"], json);
                let _ = draft.finish();
            }
            Err(error) => {
                let stricter = matches!(error.cause(), SyntaxCause::DuplicateKey { .. });
                assert!(peer.is_err() || stricter, "{text}: {error}");
                let _ = error.snippet();
            }
        }
        for schema in &schemas {
            let well_formed = Json::parse(text.clone()).is_ok();
            match schema.check(&text) {
                Ok(()) => assert!(well_formed, "{text}"),
                Err(error) => {
                    let syntax = matches!(error, crate::record::InputError::Syntax(_));
                    assert_eq!(syntax, !well_formed, "{text}: {error}");
                    assert!(!error.to_string().is_empty());
                }
            }
        }
        let _ = Json::from_yaml(&text);
        let _ = Schema::compile(text);
    }
    assert!(taken > 1_000, "only {taken} texts were well-formed");
}

#[test]
fn bytes_that_are_no_text() {
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..10_000 {
        let mut bytes = SEEDS[random.usize(..SEEDS.len())].as_bytes().to_vec();
        for _ in 0..random.usize(1..3) {
            let place = random.usize(..bytes.len());
            bytes[place] = random.u8(..);
        }
        let is_text = std::str::from_utf8(&bytes).is_ok();
        match Json::from_utf8(bytes) {
            Ok(_) => assert!(is_text),
            Err(error) => assert_eq!(matches!(error.cause(), SyntaxCause::NotUtf8 { .. }), !is_text),
        }
    }
}
