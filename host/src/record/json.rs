//! One JSON value, as its text.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::record::syntax::{SyntaxCause, SyntaxError};
use crate::record::{encode, layout, literal, reader, yaml};

/// One JSON value as text, known to be well-formed.
///
/// The text is kept as it came: numbers digit by digit, objects in their order, white space and all. Every object has
/// unique keys and nothing stands deeper than [`MAX_DEPTH`](crate::record::MAX_DEPTH). A clone shares the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Json(Arc<String>);

/// How much more room a text may take than it needs, in bytes, beside an eighth of it.
const SLACK: usize = 64;

/// The six kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A Rust value has no JSON counterpart, or a JSON value is none of the Rust type.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The value cannot be written as JSON: a NaN or an infinity, a map whose keys are no strings …
    #[error("the value cannot be written as JSON: {0}")]
    Encode(String),
    /// The JSON value does not fit the Rust type.
    #[error("the value does not fit: {0}")]
    Decode(String),
}

impl Json {
    /// Takes a text that is one JSON value.
    ///
    /// # Errors
    /// The text is not well-formed (RFC 8259), has a key twice in an object, or nests too deep.
    pub fn parse(text: impl Into<String>) -> Result<Self, SyntaxError> {
        let text = text.into();
        reader::validate(&text)?;
        Ok(Self(Arc::new(text)))
    }

    /// Takes bytes that are one JSON value in UTF-8.
    ///
    /// # Errors
    /// The bytes are not UTF-8 (the error tells where), or the text is refused by [`parse`](Self::parse).
    pub fn from_utf8(bytes: Vec<u8>) -> Result<Self, SyntaxError> {
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                Err(SyntaxError::at(&text, offset, SyntaxCause::NotUtf8 { offset }))
            }
        }
    }

    /// Takes a YAML document (YAML 1.2's core schema) that has a JSON counterpart.
    ///
    /// # Errors
    /// No single YAML document, a key twice in a mapping, a key that is no string, NaN or an infinity, a tag that
    /// JSON cannot say, nesting of more than 64 levels, whole numbers beyond 64 bits (which the parser would round), or aliases
    /// that expand without measure.
    pub fn from_yaml(text: &str) -> Result<Self, SyntaxError> {
        yaml::read(text)
    }

    /// Writes a Rust value as compact JSON.
    ///
    /// # Errors
    /// The value holds a NaN or an infinity (which JSON does not have, and which is never turned into `null`), a map
    /// whose keys are no strings, a key twice, or nests too deep.
    pub fn from_serialize(value: &impl Serialize) -> Result<Self, ConvertError> {
        encode::write(value)
    }

    /// Reads the value as a Rust type.
    ///
    /// # Errors
    /// The value does not fit the type; the message is serde's.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, ConvertError> {
        serde_json::from_str(&self.0).map_err(|error| ConvertError::Decode(error.to_string()))
    }

    /// A JSON string with this content.
    #[must_use]
    pub fn string(content: &str) -> Self {
        Self(Arc::new(layout::quote(content)))
    }

    /// The value `null`.
    #[must_use]
    pub fn null() -> Self {
        Self(Arc::new("null".to_owned()))
    }

    /// Takes text that is known to keep the type's promises.
    pub(crate) fn trusted(text: impl Into<String>) -> Self {
        let mut text = text.into();
        // What is kept counts by its length.
        if text.capacity() - text.len() > SLACK + text.len() / 8 {
            text.shrink_to_fit();
        }
        debug_assert!(reader::validate(&text).is_ok(), "not well-formed: {text}");
        Self(Arc::new(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, shared.
    pub(crate) fn text(&self) -> Arc<String> {
        Arc::clone(&self.0)
    }

    /// The content of a JSON string, decoded; None for any other kind.
    #[must_use]
    pub fn as_string(&self) -> Option<String> {
        (self.kind() == JsonKind::String).then(|| literal::decode(self.0.trim()).into_owned())
    }

    /// The kind of value.
    #[must_use]
    pub fn kind(&self) -> JsonKind {
        Self::kind_of(&self.0)
    }

    /// The kind of value that a well-formed text is.
    pub(crate) fn kind_of(text: &str) -> JsonKind {
        match text.bytes().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'n') => JsonKind::Null,
            Some(b't' | b'f') => JsonKind::Boolean,
            Some(b'"') => JsonKind::String,
            Some(b'[') => JsonKind::Array,
            Some(b'{') => JsonKind::Object,
            _ => JsonKind::Number,
        }
    }

    /// The value without white space. Numbers and strings keep their text, objects their order.
    #[must_use]
    pub fn compact(&self) -> String {
        layout::compact(&self.0)
    }

    /// The value over several lines, indented by 2 spaces. Numbers and strings keep their text, objects their order.
    #[must_use]
    pub fn pretty(&self) -> String {
        layout::pretty(&self.0)
    }
}

/// Displays the text as it came.
impl Display for Json {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Json> for String {
    fn from(json: Json) -> Self {
        Arc::unwrap_or_clone(json.0)
    }
}

impl AsRef<str> for Json {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
