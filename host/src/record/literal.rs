//! Strings and numbers as they stand in JSON text.

use std::borrow::Cow;

/// A JSON string: what stands between its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Literal<'a> {
    pub(crate) inner: &'a str,
    /// Whether `inner` has escapes, and so is not the content itself.
    escaped: bool,
}

/// A JSON number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'a> {
    pub(crate) text: &'a str,
    /// Whether it is written without fraction and exponent. `-0` is not: only a float can hold it.
    pub(crate) whole: bool,
}

/// Where reading stopped, and what was expected there.
type Stop = (usize, &'static str);

impl<'a> Literal<'a> {
    /// The content.
    #[inline]
    pub(crate) fn decode(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.inner)) } else { Cow::Borrowed(self.inner) }
    }
}

/// The content of a JSON string, quotes included, that is known to be well-formed.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let inner = &text[1..text.len() - 1];
    Literal { inner, escaped: inner.contains('\\') }.decode()
}

/// Reads the string that begins at a quote.
#[inline]
pub(crate) fn string(text: &str, start: usize) -> Result<Literal<'_>, Stop> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    let mut escaped = false;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(Literal { inner: &text[start + 1..at], escaped }),
            Some(b'\\') => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            Some(0..0x20) => return Err((at, "expected `\"` or an escape such as `\\n`")),
            Some(_) => at += 1,
            None => return Err((at, "expected `\"`")),
        }
    }
}

/// Reads the escape that begins at a backslash; gives where it ends.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            let unit = code_unit(bytes, at)?;
            match unit {
                0xd800..=0xdbff if bytes.get(at + 6) == Some(&b'\\') && bytes.get(at + 7) == Some(&b'u') => {
                    match code_unit(bytes, at + 6)? {
                        0xdc00..=0xdfff => Ok(at + 12),
                        _ => Err((at, "expected a whole surrogate pair")),
                    }
                }
                0xd800..=0xdfff => Err((at, "expected a whole surrogate pair")),
                _ => Ok(at + 6),
            }
        }
        _ => Err((at + 1, "expected one of `\"\\/bfnrtu` after a backslash")),
    }
}

/// The four hexadecimal digits of the `\u` that begins at a backslash.
fn code_unit(bytes: &[u8], at: usize) -> Result<u32, Stop> {
    (at + 2..at + 6).try_fold(0, |unit, place| {
        let digit = bytes.get(place).and_then(|&byte| char::from(byte).to_digit(16));
        digit.map(|digit| unit * 16 + digit).ok_or((place, "expected four hexadecimal digits after `\\u`"))
    })
}

/// Resolves the escapes of a string that is known to be well-formed.
fn unescape(inner: &str) -> String {
    let mut content = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(backslash) = rest.find('\\') {
        content.push_str(&rest[..backslash]);
        let bytes = rest.as_bytes();
        let (letter, length) = match bytes[backslash + 1] {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => unicode(bytes, backslash),
            other => (char::from(other), 2),
        };
        content.push(letter);
        rest = &rest[backslash + length..];
    }
    content.push_str(rest);
    content
}

/// The character that a `\u` escape stands for, and the length of the escape in bytes.
fn unicode(bytes: &[u8], at: usize) -> (char, usize) {
    let unit = |at| code_unit(bytes, at).unwrap_or(0xfffd);
    match unit(at) {
        high @ 0xd800..=0xdbff => {
            let low = unit(at + 6);
            let code = 0x10000 + ((high - 0xd800) << 10) + (low & 0x3ff);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
        }
        code => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
    }
}

/// Reads the number that begins at a `-` or a digit.
#[inline]
pub(crate) fn number(text: &str, start: usize) -> Result<Number<'_>, Stop> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut at = start + usize::from(bytes[start] == b'-');
    let first = at;
    at = digits(at);
    if at == first {
        return Err((at, "expected a digit"));
    }
    if bytes[first] == b'0' && at > first + 1 {
        return Err((first, "expected a number without leading zeros"));
    }
    let mut whole = true;
    if bytes.get(at) == Some(&b'.') {
        whole = false;
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return Err((at, "expected a digit after the point"));
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        whole = false;
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        let exponent = at;
        at = digits(exponent);
        if at == exponent {
            return Err((at, "expected a digit of the exponent"));
        }
    }
    let text = &text[start..at];
    Ok(Number { text, whole: whole && text != "-0" })
}

/// How many characters of a word are shown.
const LONGEST_WORD: usize = 20;

/// What stands at a byte of a text, for a message.
pub(crate) fn found(text: &str, at: usize) -> String {
    match text[text.floor_char_boundary(at)..].chars().next() {
        None => "the end of the text".to_owned(),
        Some('\n' | '\r') => "a line break".to_owned(),
        Some('\t') => "a tab".to_owned(),
        Some('\u{feff}') => "a byte order mark".to_owned(),
        Some('`') => "a backtick".to_owned(),
        Some(letter) if letter.is_control() => format!("the control character U+{:04X}", u32::from(letter)),
        Some(letter) if letter.is_alphanumeric() || letter == '_' => {
            let word = |letter: &char| letter.is_alphanumeric() || *letter == '_';
            format!(
                "`{}`",
                text[text.floor_char_boundary(at)..]
                    .chars()
                    .take_while(word)
                    .take(LONGEST_WORD)
                    .collect::<String>()
            )
        }
        Some(letter) => format!("`{letter}`"),
    }
}
