//! Reads JSON text from front to back, without building anything.
//!
//! Why not `serde_json`'s deserializer: without its `arbitrary_precision` a number beyond 64 bits reaches a visitor as a
//! float, its text is gone, and `1e400` counts as a syntax error. What this reader takes and refuses is otherwise the
//! same, which the tests hold it to.

use std::borrow::Cow;

use crate::record::json::JsonKind;
use crate::record::keys::ObjectKeys;
use crate::record::literal::{Literal, Number};
use crate::record::path::Trail;
use crate::record::syntax::{SyntaxCause, SyntaxError};
use crate::record::{MAX_DEPTH, literal};

/// What is wrong at a byte of the text.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) cause: SyntaxCause,
}

/// The result of reading; boxed, since the good case is the hot one.
pub(crate) type Read<T> = Result<T, Box<Fault>>;

/// A position in a text, and what surrounds it.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The arrays and objects that are open.
    depth: usize,
    /// The keys of all open objects, one after the other: one allocation serves the whole text.
    pub(crate) keys: Vec<Cow<'a, str>>,
}

/// A position to return to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    at: usize,
    depth: usize,
    keys: usize,
}

impl Mark {
    pub(crate) fn at(self) -> usize {
        self.at
    }
}

/// Checks that a text is one JSON value.
pub(crate) fn validate(text: &str) -> Result<(), SyntaxError> {
    let mut reader = Reader::new(text);
    reader.skip(Trail::Root).and_then(|()| reader.end()).map_err(|fault| fault.in_text(text))
}

impl Fault {
    /// The error, for the one who gave the text.
    pub(crate) fn in_text(self, text: &str) -> SyntaxError {
        SyntaxError::at(text, self.at, self.cause)
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, keys: Vec::new() }
    }

    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The text from a byte up to the current position.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { at: self.at, depth: self.depth, keys: self.keys.len() }
    }

    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.at = mark.at;
        self.depth = mark.depth;
        self.keys.truncate(mark.keys);
    }

    /// Goes on to a byte that an earlier pass found to be the end of the current value.
    pub(crate) fn jump(&mut self, end: usize) {
        self.at = end;
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes white space and gives the byte behind it.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    /// The kind of the value that follows, by its first byte; the position is then at that byte.
    #[inline]
    pub(crate) fn kind(&mut self) -> Read<JsonKind> {
        match self.next_byte() {
            Some(b'"') => Ok(JsonKind::String),
            Some(b'-' | b'0'..=b'9') => Ok(JsonKind::Number),
            Some(b'{') => Ok(JsonKind::Object),
            Some(b'[') => Ok(JsonKind::Array),
            Some(b't' | b'f') => Ok(JsonKind::Boolean),
            Some(b'n') => Ok(JsonKind::Null),
            _ => Err(self.no_value()),
        }
    }

    /// Reads `null`, `true` or `false`.
    #[inline]
    pub(crate) fn word(&mut self) -> Read<()> {
        for word in ["null", "true", "false"] {
            if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(());
            }
        }
        Err(self.no_value())
    }

    /// Reads a number.
    #[inline]
    pub(crate) fn number(&mut self) -> Read<Number<'a>> {
        let number = literal::number(self.text, self.at).map_err(|(at, what)| self.expected_at(at, what))?;
        self.at += number.text.len();
        Ok(number)
    }

    /// Reads a string.
    #[inline]
    pub(crate) fn string(&mut self) -> Read<Literal<'a>> {
        let literal = literal::string(self.text, self.at).map_err(|(at, what)| self.expected_at(at, what))?;
        self.at += literal.inner.len() + 2;
        Ok(literal)
    }

    /// Enters the array or object that follows.
    #[inline]
    pub(crate) fn open(&mut self) -> Read<()> {
        if self.depth >= MAX_DEPTH {
            return Err(Box::new(Fault { at: self.at, cause: SyntaxCause::TooDeep }));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// In an array: goes to the next item, or behind the array's end.
    #[inline]
    pub(crate) fn item(&mut self, first: &mut bool) -> Read<bool> {
        let next = self.next_byte();
        if next == Some(b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            if next != Some(b',') {
                return Err(self.expected_at(self.at, "expected `,` or `]`"));
            }
            let comma = self.at;
            self.at += 1;
            if self.next_byte() == Some(b']') {
                return Err(malformed(comma, "a comma before `]`, where another item should follow".to_owned()));
            }
        }
        Ok(true)
    }

    /// In an object: reads the next key and the colon, or goes behind the object's end. Gives the key and where it stood.
    #[inline]
    pub(crate) fn key(&mut self, first: &mut bool) -> Read<Option<(Literal<'a>, usize)>> {
        let next = self.next_byte();
        if next == Some(b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(None);
        }
        if std::mem::replace(first, false) {
            if next != Some(b'"') {
                return Err(self.expected_at(self.at, "expected a key in double quotes or `}`"));
            }
        } else {
            if next != Some(b',') {
                return Err(self.expected_at(self.at, "expected `,` or `}`"));
            }
            let comma = self.at;
            self.at += 1;
            match self.next_byte() {
                Some(b'"') => {}
                Some(b'}') => {
                    let message = "a comma before `}`, where another key should follow".to_owned();
                    return Err(malformed(comma, message));
                }
                _ => return Err(self.expected_at(self.at, "expected a key in double quotes")),
            }
        }
        let at = self.at;
        let key = self.string()?;
        if self.next_byte() != Some(b':') {
            return Err(self.expected_at(self.at, "expected `:`"));
        }
        self.at += 1;
        Ok(Some((key, at)))
    }

    /// Reads any value, checking all there is to check without a schema.
    pub(crate) fn skip(&mut self, trail: Trail<'_>) -> Read<()> {
        match self.kind()? {
            JsonKind::Null | JsonKind::Boolean => self.word(),
            JsonKind::Number => self.number().map(drop),
            JsonKind::String => self.string().map(drop),
            JsonKind::Array => {
                self.open()?;
                let mut first = true;
                let mut index = 0;
                while self.item(&mut first)? {
                    self.skip(Trail::Index(&trail, index))?;
                    index += 1;
                }
                Ok(())
            }
            JsonKind::Object => {
                self.open()?;
                let mut first = true;
                let mut keys = ObjectKeys::begin(self);
                while let Some((key, at)) = self.key(&mut first)? {
                    let name = key.decode();
                    keys.note(self, name.clone(), at, trail)?;
                    self.skip(Trail::Field(&trail, &name))?;
                }
                keys.end(self);
                Ok(())
            }
        }
    }

    /// Checks that nothing but white space follows.
    pub(crate) fn end(&mut self) -> Read<()> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(self.expected_at(self.at, "expected the end of the text")),
        }
    }

    fn no_value(&self) -> Box<Fault> {
        let rest = &self.text[self.at..];
        let hint = match rest.as_bytes().first() {
            Some(b'\'') => "; strings take double quotes",
            Some(b'N' | b'I') if rest.starts_with("NaN") || rest.starts_with("Infinity") => {
                "; JSON has neither NaN nor infinities"
            }
            Some(b'T' | b'F' | b'N') => "; JSON writes `true`, `false` and `null`",
            _ => "",
        };
        let found = literal::found(self.text, self.at);
        malformed(self.at, format!("expected a value, found {found}{hint}"))
    }

    fn expected_at(&self, at: usize, what: &str) -> Box<Fault> {
        let message = format!("{what}, found {}", literal::found(self.text, at));
        malformed(at, message)
    }
}

fn malformed(at: usize, message: String) -> Box<Fault> {
    Box::new(Fault { at, cause: SyntaxCause::Malformed(message) })
}
