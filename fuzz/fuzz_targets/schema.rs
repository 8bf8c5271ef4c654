//! A schema, a value for it and another schema to feed it, each behind a line with a `~`.
#![no_main]

use flyte_host::record::{Fit, InputError, Json, Parameters, Schema, plain};
use libfuzzer_sys::fuzz_target;

/// What a message or a name may take, in bytes, whatever the schema is.
const LONGEST_MESSAGE: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.split("\n~\n");
    let (first, value, second) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let schema = match Schema::compile(first) {
        Ok(schema) => schema,
        Err(error) => {
            assert!(error.to_string().len() < LONGEST_MESSAGE);
            return;
        }
    };
    look_at(&schema);
    let _ = Parameters::compile(first);
    let value = value.unwrap_or("null");
    match schema.check(value) {
        Ok(()) => assert!(Json::parse(value).is_ok()),
        Err(error) => {
            assert_eq!(matches!(error, InputError::Syntax(_)), Json::parse(value).is_err(), "{error}");
            assert!(error.to_string().len() < LONGEST_MESSAGE);
        }
    }
    let _ = plain::read(&schema, value);
    let _ = schema.fit(&schema);
    if let Some(second) = second.and_then(|text| Schema::compile(text).ok()) {
        for fit in [schema.fit(&second), second.fit(&schema)] {
            if let Fit::No(mismatch) = fit {
                assert!(mismatch.to_string().len() < LONGEST_MESSAGE);
            }
        }
        // What fits for certain conforms.
        if second.fit(&schema) == Fit::Yes && schema.check(value).is_ok() {
            assert!(second.check(value).is_ok(), "a value of the first schema is none of the second");
        }
    }
});

fn look_at(schema: &Schema) {
    assert!(schema.type_name().len() < LONGEST_MESSAGE);
    let _ = (schema.name(), schema.description(), schema.default(), schema.text(), schema.shape());
    for property in schema.properties() {
        assert!(property.schema.type_name().len() < LONGEST_MESSAGE);
        let _ = (property.schema.shape(), property.schema.default(), property.schema.description());
    }
}
