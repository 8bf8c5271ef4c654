//! How a person writes a value on a command line.

use crate::record::choices::Choices;
use crate::record::cut::cut;
use crate::record::json::{Json, JsonKind};
use crate::record::nearest::nearest;
use crate::record::schema::{Schema, Shape};
use crate::record::syntax::SyntaxError;

/// The most characters of a text that a message repeats: it may be a whole file's.
const LONGEST: usize = 300;

/// A text that cannot be read as a value of the type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlainError {
    /// The type is written as JSON, and the text is none.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The text is none of the literals of the type.
    #[error("expected {expected}, got `{got}`")]
    Literal {
        /// What is expected, with its article.
        expected: &'static str,
        /// The text.
        got: String,
    },
    /// The text is none of the names of an enum.
    #[error("`{got}` is not one of {}{}", .names, .nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Name {
        /// The text.
        got: String,
        /// The names.
        names: Choices,
        /// The one that looks most like the text.
        nearest: Option<String>,
    },
    /// Any JSON value is asked for, and the text is none.
    #[error(
        "`{got}` is not JSON, and nothing tells what else it could be; a string needs double quotes: '{quoted}'"
    )]
    Untyped {
        /// The text.
        got: String,
        /// The text as a JSON string.
        quoted: String,
    },
}

/// Reads a value as a person writes it, by what the schema wants. Whether it conforms is for [`Schema::check`] to say.
///
/// - strings (dates, durations and base64 too) are plain text, `ada`, or a JSON string, `"ada"`: what begins and ends with
///   a double quote must be one;
/// - numbers and booleans are JSON literals;
/// - an enum is a name, with or without quotes; a variant with data is JSON;
/// - where `null` is allowed, `null` means it, and `"null"` is the string;
/// - lists, records and anything untyped are JSON.
///
/// # Errors
/// The text cannot be read so.
pub fn read(schema: &Schema, text: &str) -> Result<Json, PlainError> {
    if schema.is_nullable() && text.trim() == "null" {
        return Ok(Json::null());
    }
    match schema.shape() {
        Shape::Nullable(inner) => read(&inner, text),
        Shape::String => Ok(string(text)?),
        Shape::Names(names) => name(text, names),
        Shape::Boolean => literal(text, JsonKind::Boolean, "`true` or `false`"),
        Shape::Integer => literal(text, JsonKind::Number, "an integer"),
        Shape::Number => literal(text, JsonKind::Number, "a number"),
        Shape::Null => literal(text, JsonKind::Null, "`null`"),
        Shape::Values(values) => Ok(match Json::parse(text) {
            Ok(json) => json,
            Err(_) if values.iter().any(|value| value.kind() == JsonKind::String) => Json::string(text),
            Err(error) => return Err(error.into()),
        }),
        Shape::Union { names, .. } => union(schema, &names, text),
        Shape::Any => Json::parse(text)
            .map_err(|_| PlainError::Untyped { got: shown(text), quoted: Json::string(&shown(text)).into() }),
        Shape::List(_) | Shape::Tuple(_) | Shape::Record | Shape::Map(_) | Shape::Never => Ok(Json::parse(text)?),
    }
}

/// A JSON string as it is, or the text itself. Text between double quotes can only be meant as JSON.
fn string(text: &str) -> Result<Json, SyntaxError> {
    let trimmed = text.trim();
    let quoted = trimmed.len() >= 2 && trimmed.starts_with('"') && trimmed.ends_with('"');
    if quoted { Json::parse(trimmed) } else { Ok(Json::string(text)) }
}

fn literal(text: &str, kind: JsonKind, expected: &'static str) -> Result<Json, PlainError> {
    Json::parse(text.trim())
        .ok()
        .filter(|json| json.kind() == kind)
        .ok_or_else(|| PlainError::Literal { expected, got: shown(text) })
}

/// A text for a message.
fn shown(text: &str) -> String {
    cut(text, LONGEST).into_owned()
}

fn name(text: &str, names: Vec<String>) -> Result<Json, PlainError> {
    let json = string(text)?;
    let content = json.as_string().unwrap_or_default();
    if names.contains(&content) {
        return Ok(json);
    }
    Err(unknown_name(&content, &names))
}

fn unknown_name(got: &str, names: &[String]) -> PlainError {
    let nearest = nearest(got, names.iter().map(String::as_str)).map(shown);
    PlainError::Name { got: shown(got), names: Choices::of(names.iter()), nearest }
}

/// A unit variant's name, JSON, or plain text where some alternative is a string.
fn union(schema: &Schema, names: &[String], text: &str) -> Result<Json, PlainError> {
    let trimmed = text.trim();
    if names.iter().any(|name| name == trimmed) {
        return Ok(Json::string(trimmed));
    }
    let parsed = Json::parse(trimmed);
    let structured = trimmed.starts_with(['{', '[', '"']);
    match parsed {
        Ok(json) if structured || schema.allows(json.kind()) => Ok(json),
        Err(error) if structured => Err(error.into()),
        // A name that is none of the variants': the check lists them, those with data too.
        _ if !names.is_empty() => Ok(Json::string(trimmed)),
        _ if schema.allows(JsonKind::String) => Ok(Json::string(text)),
        Ok(json) => Ok(json),
        Err(error) => Err(error.into()),
    }
}
