//! What holds of any text, any schema and any value. The cases are the same at every run; fuzzing finds others.

mod schemas;
mod texts;
mod types;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

use crate::record::tests::schema;
use crate::record::{Draft, Fit, InputError, Json, Parameters, Schema, SyntaxCause, plain};

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Config::default() }
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

proptest! {
    #![proptest_config(config(4_000))]

    #[test]
    fn what_is_taken_and_refused_is_what_serde_json_takes_and_refuses(text in texts::text()) {
        let peer = serde_json::from_str::<Value>(&text);
        match Json::parse(text.clone()) {
            Ok(json) => {
                // serde_json has no numbers beyond a double, which are no fault of the syntax.
                let beyond = |error: &serde_json::Error| error.to_string().starts_with("number out of range");
                prop_assert!(peer.as_ref().err().is_none_or(beyond), "{peer:?}");
                for layout in [json.compact(), json.pretty()] {
                    prop_assert_eq!(parsed(&layout), peer.as_ref().ok().cloned());
                    prop_assert_eq!(Json::parse(layout).unwrap().compact(), json.compact());
                }
                if let Some(content) = json.as_string() {
                    prop_assert_eq!(serde_json::from_str::<String>(&text).unwrap(), content);
                }
            }
            Err(error) => {
                let stricter = matches!(error.cause(), SyntaxCause::DuplicateKey { .. });
                prop_assert!(peer.is_err() || stricter, "{error}");
                let _ = error.snippet();
            }
        }
    }

    #[test]
    fn a_check_finds_the_syntax_of_a_text_as_reading_does(text in texts::text()) {
        let well_formed = Json::parse(text.clone()).is_ok();
        for schema in texts::schemas() {
            match schema.check(&text) {
                Ok(()) => prop_assert!(well_formed),
                Err(error) => {
                    prop_assert_eq!(matches!(error, InputError::Syntax(_)), !well_formed, "{}", error);
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
        let _ = Schema::compile(text);
    }

    #[test]
    fn bytes_are_text_or_the_place_where_they_are_none_is_told(bytes in texts::bytes()) {
        let is_text = std::str::from_utf8(&bytes).is_ok();
        match Json::from_utf8(bytes) {
            Ok(_) => prop_assert!(is_text),
            Err(error) => prop_assert_eq!(matches!(error.cause(), SyntaxCause::NotUtf8 { .. }), !is_text),
        }
    }

    #[test]
    fn yaml_gives_json_or_an_error(text in texts::text()) {
        if let Ok(json) = Json::from_yaml(&text) {
            prop_assert!(Json::parse(json.as_str()).is_ok());
        }
    }

    #[test]
    fn flags_make_inputs_or_an_error(flags in texts::flags()) {
        let mut draft = Draft::new();
        for (path, value) in flags {
            let steps: Vec<&str> = path.split('.').collect();
            let value = Json::parse(value.clone()).unwrap_or_else(|_| Json::string(&value));
            let before = draft.clone().finish();
            let set = match path.is_empty() {
                true => draft.merge_all(&value),
                false => draft.set_path(&steps, value),
            };
            if set.is_err() {
                prop_assert_eq!(draft.clone().finish(), before, "an error changes nothing");
            }
        }
        let inputs = draft.finish();
        prop_assert!(Json::parse(inputs.as_str()).is_ok());
    }
}

/// How many of a thousand generated values something holds of.
fn count<T: std::fmt::Debug>(of: impl Strategy<Value = T>, holds: impl Fn(T) -> bool) -> usize {
    let mut runner = TestRunner::new(config(1));
    (0..1_000).filter(|_| holds(of.new_tree(&mut runner).unwrap().current())).count()
}

#[test]
fn the_cases_are_worth_trying() {
    let well_formed = count(texts::text(), |text| Json::parse(text).is_ok());
    assert!((200..800).contains(&well_formed), "{well_formed} texts are well-formed");
    let usable = count(schemas::schema(), |schema| Schema::compile(schema.to_string()).is_ok());
    assert!((300..900).contains(&usable), "{usable} schemas are usable");
    let conforms = |(schema, value): (Value, Value)| {
        Schema::compile(schema.to_string()).is_ok_and(|schema| schema.check(&value.to_string()).is_ok())
    };
    let conforming = count((schemas::schema(), texts::value()), conforms);
    assert!(conforming > 100, "{conforming} values conform");
    let fits = |(one, other): (Value, Value)| {
        let [one, other] = [one, other].map(|schema| Schema::compile(schema.to_string()));
        one.is_ok_and(|one| other.is_ok_and(|other| one.fit(&other) == Fit::Yes))
    };
    let fitting = count((schemas::schema(), schemas::schema()), fits);
    assert!(fitting > 20, "{fitting} pairs of schemas fit");
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn a_value_is_the_same_after_it_is_written_and_read(value in texts::value()) {
        let json = Json::from_serialize(&value).unwrap();
        prop_assert_eq!(&json.to::<Value>().unwrap(), &value);
        prop_assert_eq!(parsed(&json.pretty()), Some(value.clone()));
        prop_assert_eq!(json.compact(), value.to_string());
        prop_assert_eq!(&Json::parse(json.as_str()).unwrap(), &json);
    }

    #[test]
    fn any_schema_is_refused_or_checks_any_value(
        schema in schemas::schema(), other in schemas::schema(), text in texts::text(), value in texts::value()
    ) {
        let Ok(schema) = Schema::compile(schema.to_string()) else { return Ok(()) };
        for text in [&text, &value.to_string()] {
            let syntax = matches!(schema.check(text), Err(InputError::Syntax(_)));
            prop_assert_eq!(syntax, Json::parse(text.as_str()).is_err());
            if let Ok(read) = plain::read(&schema, text) {
                prop_assert!(Json::parse(read.as_str()).is_ok());
                let _ = schema.check(read.as_str());
            }
        }
        let _ = (schema.type_name(), schema.shape(), schema.description(), schema.default(), schema.name());
        for property in schema.properties() {
            prop_assert!(!property.schema.type_name().is_empty());
        }
        let _ = Parameters::compile(schema.text());
        if let Ok(other) = Schema::compile(other.to_string()) {
            let _ = (schema.fit(&other), other.fit(&schema));
            if other.fit(&schema) == Fit::Yes && schema.check(&value.to_string()).is_ok() {
                prop_assert!(other.check(&value.to_string()).is_ok(), "{} fits {}", schema.text(), other.text());
            }
        }
    }

    #[test]
    fn a_value_made_for_a_type_conforms_and_feeds_its_own_kind(of in types::of_a_program(), seed in any::<u64>()) {
        let text = of.schema().to_string();
        let schema = schema(&text);
        let mut random = fastrand::Rng::with_seed(seed);
        for _ in 0..4 {
            let value = of.value(&mut random).to_string();
            prop_assert!(schema.check(&value).is_ok(), "{text}\n{value}\n{}", schema.check(&value).unwrap_err());
        }
        prop_assert!(!matches!(schema.fit(&schema), Fit::No(_)), "{text}");
    }

    #[test]
    fn a_value_of_another_type_is_told(of in types::of_a_program(), other in types::of_a_program(), seed in any::<u64>()) {
        let (mine, its) = (schema(&of.schema().to_string()), schema(&other.schema().to_string()));
        let value = other.value(&mut fastrand::Rng::with_seed(seed)).to_string();
        match (mine.fit(&its), mine.check(&value)) {
            (Fit::Yes, checked) => prop_assert!(checked.is_ok(), "{}: {value}", its.text()),
            (_, Ok(())) => {}
            (_, Err(error)) => prop_assert!(!error.violations().is_empty()),
        }
    }
}
