//! A JSON value taken apart, numbers kept as text. For schemas and other cold paths; inputs are never built up so.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use crate::record::decimal::Decimal;
use crate::record::json::JsonKind;
use crate::record::path::Trail;
use crate::record::reader::{Read, Reader};
use crate::record::{keys::ObjectKeys, layout, syntax::SyntaxError};

/// A value and where its text stands.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) span: Range<usize>,
}

#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Boolean(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Tree<'a>>),
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

impl<'a> Tree<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        let mut reader = Reader::new(text);
        build(&mut reader, Trail::Root)
            .and_then(|tree| reader.end().map(|()| tree))
            .map_err(|fault| fault.in_text(text))
    }

    pub(crate) fn kind(&self) -> JsonKind {
        match self.value {
            Value::Null => JsonKind::Null,
            Value::Boolean(_) => JsonKind::Boolean,
            Value::Number(_) => JsonKind::Number,
            Value::String(_) => JsonKind::String,
            Value::Array(_) => JsonKind::Array,
            Value::Object(_) => JsonKind::Object,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(content) => Some(content),
            _ => None,
        }
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Tree<'a>> {
        match &self.value {
            Value::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// A text that two values share exactly when JSON Schema counts them as equal: numbers by their value, objects
    /// whatever their order.
    pub(crate) fn canonical(&self) -> String {
        let mut out = String::new();
        self.write_canonical(&mut out);
        out
    }

    fn write_canonical(&self, out: &mut String) {
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(text) => {
                let _ = write!(out, "{}", Decimal::parse(text));
            }
            Value::String(content) => out.push_str(&layout::quote(content)),
            Value::Array(items) => {
                out.push('[');
                for item in items {
                    item.write_canonical(out);
                    out.push(',');
                }
                out.push(']');
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by(|left, right| left.0.cmp(&right.0));
                out.push('{');
                for (key, value) in members {
                    out.push_str(&layout::quote(key));
                    out.push(':');
                    value.write_canonical(out);
                    out.push(',');
                }
                out.push('}');
            }
        }
    }
}

fn build<'a>(reader: &mut Reader<'a>, trail: Trail<'_>) -> Read<Tree<'a>> {
    let kind = reader.kind()?;
    let start = reader.at();
    let value = match kind {
        JsonKind::Null | JsonKind::Boolean => {
            reader.word()?;
            match reader.since(start) {
                "null" => Value::Null,
                word => Value::Boolean(word == "true"),
            }
        }
        JsonKind::Number => Value::Number(reader.number()?.text),
        JsonKind::String => Value::String(reader.string()?.decode()),
        JsonKind::Array => {
            reader.open()?;
            let mut first = true;
            let mut items = Vec::new();
            while reader.item(&mut first)? {
                items.push(build(reader, Trail::Index(&trail, items.len()))?);
            }
            Value::Array(items)
        }
        JsonKind::Object => {
            reader.open()?;
            let mut first = true;
            let mut keys = ObjectKeys::begin(reader);
            let mut members = Vec::new();
            while let Some((key, at)) = reader.key(&mut first)? {
                let key = key.decode();
                keys.note(reader, key.clone(), at, trail)?;
                let value = build(reader, Trail::Field(&trail, &key))?;
                members.push((key, value));
            }
            keys.end(reader);
            Value::Object(members)
        }
    };
    Ok(Tree { value, span: start..reader.at() })
}
