//! Text that is no acceptable JSON (or YAML) document.

use std::fmt::{self, Display, Formatter};

use crate::record::path::FieldPath;
use crate::record::snippet;

/// Why a text is not a JSON value, and where.
///
/// Displays as one line, such as ``malformed JSON at line 2, column 14: expected `,` or `}`, found `x` ``;
/// [`snippet`](Self::snippet) shows the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SyntaxError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    cause: SyntaxCause,
    line: usize,
    column: usize,
    snippet: Option<String>,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxCause {
    /// The text breaks the grammar of RFC 8259; the message says how.
    Malformed(String),
    /// An object has the same key twice.
    DuplicateKey {
        /// The key, decoded, and cut where it is long.
        key: String,
        /// The object that has it.
        object: FieldPath,
    },
    /// The value nests deeper than [`MAX_DEPTH`](crate::record::MAX_DEPTH).
    TooDeep,
    /// The bytes are not UTF-8.
    NotUtf8 {
        /// How many bytes before the first bad one.
        offset: usize,
    },
    /// The text is no YAML document, or one with no counterpart in JSON; the message says how.
    Yaml(String),
}

impl SyntaxError {
    /// An error at a byte of a text.
    pub(crate) fn at(text: &str, offset: usize, cause: SyntaxCause) -> Self {
        let place = snippet::Place::of(text, offset);
        Self(Box::new(Inner { cause, line: place.line, column: place.column, snippet: place.draw() }))
    }

    /// An error at a line and a column that another parser counted, each from 1; 0 where it is not known.
    pub(crate) fn at_line(text: &str, line: usize, column: usize, cause: SyntaxCause) -> Self {
        let snippet = snippet::Place::at_line(text, line, column).and_then(|place| place.draw());
        Self(Box::new(Inner { cause, line, column, snippet }))
    }

    /// What is wrong.
    #[must_use]
    pub fn cause(&self) -> &SyntaxCause {
        &self.0.cause
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The character within the line, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.0.cause {
            SyntaxCause::Malformed(message) | SyntaxCause::Yaml(message) => message.clone(),
            SyntaxCause::DuplicateKey { key, object } if object.is_root() => format!("duplicate key `{key}`"),
            SyntaxCause::DuplicateKey { key, object } => format!("duplicate key `{key}` in `{object}`"),
            SyntaxCause::TooDeep => format!("nested more than {} deep", crate::record::MAX_DEPTH),
            SyntaxCause::NotUtf8 { offset } => format!("invalid UTF-8 at byte {offset}"),
        }
    }

    /// Two lines to print under the message: the offending line, cut to about 76 columns, and a caret under the
    /// place. None where there is nothing to show.
    #[must_use]
    pub fn snippet(&self) -> Option<&str> {
        self.0.snippet.as_deref()
    }
}

impl Display for Inner {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (line, column) = (self.line, self.column);
        match &self.cause {
            SyntaxCause::Malformed(message) => {
                write!(f, "malformed JSON at line {line}, column {column}: {message}")
            }
            SyntaxCause::Yaml(message) if line == 0 => write!(f, "unusable YAML: {message}"),
            SyntaxCause::Yaml(message) => write!(f, "unusable YAML at line {line}, column {column}: {message}"),
            SyntaxCause::DuplicateKey { key, object } => {
                write!(f, "duplicate key `{key}`")?;
                if !object.is_root() {
                    write!(f, " in `{object}`")?;
                }
                write!(f, " at line {line}, column {column}")
            }
            SyntaxCause::TooDeep => {
                write!(f, "nested more than {} deep at line {line}, column {column}", crate::record::MAX_DEPTH)
            }
            SyntaxCause::NotUtf8 { offset } => {
                write!(f, "invalid UTF-8 at byte {offset} (line {line}, column {column})")
            }
        }
    }
}
