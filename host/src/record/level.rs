//! The outermost level of a value, with what is inside left as text.

use crate::record::json::{Json, JsonKind};
use crate::record::layout;
use crate::record::path::Trail;
use crate::record::reader::{Read, Reader};

/// A value opened up by one level.
pub(crate) enum Level {
    Object(Vec<(String, String)>),
    Array(Vec<String>),
    Scalar(JsonKind),
}

/// Opens a value that is known to be well-formed.
pub(crate) fn open(text: &str) -> Level {
    let mut reader = Reader::new(text);
    match Json::kind_of(text) {
        JsonKind::Object => Level::Object(members(&mut reader).unwrap_or_default()),
        JsonKind::Array => Level::Array(items(&mut reader).unwrap_or_default()),
        kind => Level::Scalar(kind),
    }
}

/// The text of an object, compact but for what is inside.
pub(crate) fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{}:{value}", layout::quote(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// The text of an array, compact but for what is inside.
pub(crate) fn array(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

fn members(reader: &mut Reader<'_>) -> Read<Vec<(String, String)>> {
    reader.kind()?;
    reader.open()?;
    let mut first = true;
    let mut members = Vec::new();
    while let Some((key, _)) = reader.key(&mut first)? {
        members.push((key.decode().into_owned(), value(reader)?));
    }
    Ok(members)
}

fn items(reader: &mut Reader<'_>) -> Read<Vec<String>> {
    reader.kind()?;
    reader.open()?;
    let mut first = true;
    let mut items = Vec::new();
    while reader.item(&mut first)? {
        items.push(value(reader)?);
    }
    Ok(items)
}

fn value(reader: &mut Reader<'_>) -> Read<String> {
    reader.kind()?;
    let start = reader.at();
    reader.skip(Trail::Root)?;
    Ok(reader.since(start).to_owned())
}
