//! The JSON Schema (2020-12) of types of WIT.

use serde_json::{Value, json};

use crate::component::typed::wit_type::{Case, Field, WitType};

/// The schema of a type's values.
pub(super) fn of(ty: &WitType) -> String {
    schema(ty).to_string()
}

/// The schema of an object with these fields.
pub(super) fn of_fields(fields: &[Field]) -> String {
    object(fields).to_string()
}

fn schema(ty: &WitType) -> Value {
    match ty {
        WitType::Bool => json!({"type": "boolean"}),
        WitType::Int(int) => json!({"type": "integer", "format": int.format()}),
        WitType::F32 => json!({"type": "number", "format": "float"}),
        WitType::F64 => json!({"type": "number", "format": "double"}),
        WitType::Char => json!({"type": "string", "minLength": 1, "maxLength": 1}),
        WitType::String => json!({"type": "string"}),
        WitType::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
        WitType::List(item) => json!({"type": "array", "items": schema(item)}),
        WitType::Map(key, value) if **key == WitType::String => {
            json!({"type": "object", "additionalProperties": schema(value)})
        }
        WitType::Map(key, value) => json!({"type": "array", "items": tuple([schema(key), schema(value)].into())}),
        WitType::Record(fields) => object(fields),
        WitType::Tuple(items) => tuple(items.iter().map(schema).collect()),
        WitType::Variant(cases) => variant(cases),
        WitType::Enum(names) => json!({"type": "string", "enum": names}),
        WitType::Flags(names) => {
            json!({"type": "array", "items": {"type": "string", "enum": names}, "uniqueItems": true})
        }
        WitType::Option(inner) => {
            let some = if inner.is_nullable() { tagged("some", schema(inner)) } else { schema(inner) };
            json!({"anyOf": [some, {"type": "null"}]})
        }
        WitType::Result(ok, error) => variant(&WitType::result_cases(ok.as_deref(), error.as_deref())),
    }
}

fn object(fields: &[Field]) -> Value {
    let properties: serde_json::Map<String, Value> =
        fields.iter().map(|field| (field.name.clone(), schema(&field.ty))).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| !field.ty.is_nullable()).map(|field| field.name.as_str()).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn tuple(items: Vec<Value>) -> Value {
    let length = items.len();
    match length {
        0 => json!({"type": "array", "maxItems": 0}),
        _ => json!({"type": "array", "prefixItems": items, "minItems": length, "maxItems": length}),
    }
}

fn variant(cases: &[Case]) -> Value {
    let plain: Vec<&str> =
        cases.iter().filter(|case| case.payload.is_none()).map(|case| case.name.as_str()).collect();
    let plain = (!plain.is_empty()).then(|| json!({"type": "string", "enum": plain}));
    let with_payload = cases.iter().filter_map(|case| Some(tagged(&case.name, schema(case.payload.as_ref()?))));
    let mut alternatives: Vec<Value> = with_payload.chain(plain).collect();
    match alternatives.len() {
        1 => alternatives.remove(0),
        _ => json!({"oneOf": alternatives}),
    }
}

fn tagged(name: &str, value: Value) -> Value {
    json!({"type": "object", "properties": {name: value}, "required": [name], "additionalProperties": false})
}
