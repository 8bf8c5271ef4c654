//! Component values to JSON text.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use wasmtime::component::Val;

use crate::component::typed::{Field, WitType};
use crate::record::{Trail, quote};

/// A value as JSON.
///
/// # Errors
/// Which part of it has no JSON, for a person.
pub(super) fn text(ty: &WitType, value: &Val) -> Result<String, String> {
    let mut out = String::new();
    write(&mut out, ty, value, Trail::Root)?;
    Ok(out)
}

/// Arguments as an object, by the names of their parameters.
///
/// # Errors
/// As for [`text`].
pub(super) fn object(parameters: &[Field], arguments: &[Val]) -> Result<String, String> {
    let mut out = String::new();
    members(&mut out, parameters.iter().zip(arguments), Trail::Root)?;
    Ok(out)
}

fn write(out: &mut String, ty: &WitType, value: &Val, trail: Trail<'_>) -> Result<(), String> {
    match (ty, value) {
        (WitType::Bool, Val::Bool(value)) => put(out, value),
        (WitType::Int(_), Val::U8(value)) => put(out, value),
        (WitType::Int(_), Val::U16(value)) => put(out, value),
        (WitType::Int(_), Val::U32(value)) => put(out, value),
        (WitType::Int(_), Val::U64(value)) => put(out, value),
        (WitType::Int(_), Val::S8(value)) => put(out, value),
        (WitType::Int(_), Val::S16(value)) => put(out, value),
        (WitType::Int(_), Val::S32(value)) => put(out, value),
        (WitType::Int(_), Val::S64(value)) => put(out, value),
        (WitType::F32, Val::Float32(value)) if value.is_finite() => out.push_str(&float(value)),
        (WitType::F64, Val::Float64(value)) if value.is_finite() => out.push_str(&float(value)),
        (WitType::F32, Val::Float32(value)) => return Err(no_json(trail, value)),
        (WitType::F64, Val::Float64(value)) => return Err(no_json(trail, value)),
        (WitType::Char, Val::Char(value)) => out.push_str(&quote(value.encode_utf8(&mut [0; 4]))),
        (WitType::String, Val::String(value)) | (WitType::Enum(_), Val::Enum(value)) => out.push_str(&quote(value)),
        (WitType::Bytes, Val::List(bytes)) => {
            let byte = |value: &Val| if let Val::U8(byte) = value { Some(*byte) } else { None };
            let bytes = bytes.iter().map(byte).collect::<Option<Vec<u8>>>().ok_or_else(|| unfit(trail))?;
            out.push('"');
            STANDARD.encode_string(bytes, out);
            out.push('"');
        }
        (WitType::List(item), Val::List(values)) => {
            array(out, values.iter().map(|value| (&**item, value)), trail)?;
        }
        (WitType::Tuple(types), Val::Tuple(values)) => array(out, types.iter().zip(values), trail)?,
        (WitType::Map(key, value), Val::Map(entries)) => map(out, (key, value), entries, trail)?,
        (WitType::Record(fields), Val::Record(values)) => {
            members(out, fields.iter().zip(values.iter().map(|(_, value)| value)), trail)?;
        }
        (WitType::Flags(_), Val::Flags(names)) => {
            out.push('[');
            for (at, name) in names.iter().enumerate() {
                separate(out, at);
                out.push_str(&quote(name));
            }
            out.push(']');
        }
        (WitType::Option(_), Val::Option(None)) => out.push_str("null"),
        (WitType::Option(inner), Val::Option(Some(value))) if inner.is_nullable() => {
            case(out, "some", Some((inner, value)), trail)?;
        }
        (WitType::Option(inner), Val::Option(Some(value))) => write(out, inner, value, trail)?,
        (WitType::Variant(cases), Val::Variant(name, payload)) => {
            let known = cases.iter().find(|case| case.name == *name).ok_or_else(|| unfit(trail))?;
            case(out, name, known.payload.as_ref().zip(payload.as_deref()), trail)?;
        }
        (WitType::Result(ok, _), Val::Result(Ok(value))) => {
            case(out, "ok", ok.as_deref().zip(value.as_deref()), trail)?;
        }
        (WitType::Result(_, error), Val::Result(Err(value))) => {
            case(out, "error", error.as_deref().zip(value.as_deref()), trail)?;
        }
        _ => return Err(unfit(trail)),
    }
    Ok(())
}

fn put(out: &mut String, value: impl std::fmt::Display) {
    let _ = write!(out, "{value}");
}

/// With the fewest digits that are this number and no other, and always a fraction or an exponent.
fn float(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn separate(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

fn array<'v>(
    out: &mut String,
    items: impl Iterator<Item = (&'v WitType, &'v Val)>,
    trail: Trail<'_>,
) -> Result<(), String> {
    out.push('[');
    for (at, (ty, value)) in items.enumerate() {
        separate(out, at);
        write(out, ty, value, Trail::Index(&trail, at))?;
    }
    out.push(']');
    Ok(())
}

fn members<'v>(
    out: &mut String,
    fields: impl Iterator<Item = (&'v Field, &'v Val)>,
    trail: Trail<'_>,
) -> Result<(), String> {
    out.push('{');
    for (at, (field, value)) in fields.enumerate() {
        separate(out, at);
        out.push_str(&quote(&field.name));
        out.push(':');
        write(out, &field.ty, value, Trail::Field(&trail, &field.name))?;
    }
    out.push('}');
    Ok(())
}

fn map(
    out: &mut String,
    (key, value): (&WitType, &WitType),
    entries: &[(Val, Val)],
    trail: Trail<'_>,
) -> Result<(), String> {
    if *key != WitType::String {
        let pair = |out: &mut String, at, (name, content)| {
            separate(out, at);
            array(out, [(key, name), (value, content)].into_iter(), Trail::Index(&trail, at))
        };
        out.push('[');
        entries.iter().enumerate().try_for_each(|(at, (name, content))| pair(out, at, (name, content)))?;
        out.push(']');
        return Ok(());
    }
    // Of several with one key, the last counts.
    let mut last: IndexMap<&str, &Val> = IndexMap::with_capacity(entries.len());
    for (name, content) in entries {
        let Val::String(name) = name else { return Err(unfit(trail)) };
        last.insert(name, content);
    }
    out.push('{');
    for (at, (name, content)) in last.into_iter().enumerate() {
        separate(out, at);
        out.push_str(&quote(name));
        out.push(':');
        write(out, value, content, Trail::Field(&trail, name))?;
    }
    out.push('}');
    Ok(())
}

fn case(out: &mut String, name: &str, payload: Option<(&WitType, &Val)>, trail: Trail<'_>) -> Result<(), String> {
    let Some((ty, value)) = payload else {
        out.push_str(&quote(name));
        return Ok(());
    };
    out.push('{');
    out.push_str(&quote(name));
    out.push(':');
    write(out, ty, value, Trail::Field(&trail, name))?;
    out.push('}');
    Ok(())
}

fn no_json(trail: Trail<'_>, value: impl std::fmt::Display) -> String {
    at(trail, &format!("JSON has no {value}"))
}

fn unfit(trail: Trail<'_>) -> String {
    at(trail, "the value does not fit its type")
}

fn at(trail: Trail<'_>, what: &str) -> String {
    let path = trail.to_path();
    if path.is_root() { what.to_owned() } else { format!("{path}: {what}") }
}
