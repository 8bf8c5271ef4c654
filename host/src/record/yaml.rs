//! YAML documents as JSON.

use std::fmt::{self, Formatter, Write as _};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Options, RenderOptions, UserMessageFormatter};

use crate::record::json::Json;
use crate::record::layout;
use crate::record::syntax::{SyntaxCause, SyntaxError};

/// The longest JSON text that a document may expand to, in bytes: aliases multiply.
const LONGEST: usize = 64 << 20;

/// How deep a document may nest. Less than JSON may: the YAML parser takes some 16 KiB of stack for each level in a debug
/// build.
const DEEPEST: usize = 64;

/// Reads a document; see [`Json::from_yaml`].
pub(crate) fn read(text: &str) -> Result<Json, SyntaxError> {
    let mut out = String::with_capacity(text.len());
    serde_saphyr::with_deserializer_from_str_with_options(text, options(), |document| {
        Writer { out: &mut out }.deserialize(document)
    })
    .map_err(|error| refused(text, &error))?;
    // Well-formed by construction; what is left to find are keys that YAML tells apart and JSON does not.
    Json::parse(out).map_err(|error| SyntaxError::at_line(text, 0, 0, SyntaxCause::Yaml(error.message())))
}

/// YAML 1.2's core schema as far as it is unambiguous: `yes` is a string and so is `0755`, which YAML 1.1 and 1.2 read
/// as different numbers. Merge keys (`<<`) are expanded, since people use them.
fn options() -> Options {
    serde_saphyr::options! {
        // The default of 250,000 nodes is less than a large batch has. What aliases add is limited by itself.
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST, flow_nesting_limit: DEEPEST, max_nodes: 20_000_000, max_events: 50_000_000,
        },
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

fn refused(text: &str, error: &serde_saphyr::Error) -> SyntaxError {
    let error = error.without_snippet();
    let (line, column) = error.location().map_or((0, 0), |place| (place.line(), place.column()));
    let rendered = error.render_with_options(RenderOptions::new(&UserMessageFormatter));
    let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    SyntaxError::at_line(text, whole(line), whole(column), SyntaxCause::Yaml(without_place(&rendered)))
}

/// The message in one line, without the place that the parser adds to it.
fn without_place(rendered: &str) -> String {
    let line = rendered.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.contains("recursion limit") || line.contains("Depth {") {
        return format!("nested more than {DEEPEST} deep");
    }
    let ends = [" at line ", " (line ", " (defined at ", ": limits breached"];
    let end = ends.iter().filter_map(|end| line.find(end)).min().unwrap_or(line.len());
    line[..end].trim_end_matches([':', ',', '.']).to_owned()
}

/// Writes what a YAML document says as compact JSON.
struct Writer<'o> {
    out: &'o mut String,
}

impl Writer<'_> {
    fn put<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if self.out.len() + text.len() > LONGEST {
            return Err(E::custom(format!("the document expands to more than {} MiB", LONGEST >> 20)));
        }
        self.out.push_str(text);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, node: D) -> Result<(), D::Error> {
        node.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has too")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.put("null")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" })
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.put(&value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.put(&value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom("JSON has neither NaN nor infinities"));
        }
        // The parser hands on whole numbers beyond 64 bits as floats: their last digits are gone.
        if (9e18..1e39).contains(&value.abs()) {
            return Err(E::custom(
                "whole numbers beyond 64 bits are not read exactly from YAML; give them as JSON",
            ));
        }
        let mut text = value.to_string();
        if value.abs() >= 1e39 || (value != 0.0 && value.abs() < 1e-7) {
            text.clear();
            let _ = write!(text, "{value:e}");
        }
        self.put(&text)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.put(&layout::quote(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.out.push('[');
        let mut first = true;
        loop {
            let before = self.out.len();
            if !std::mem::replace(&mut first, false) {
                self.out.push(',');
            }
            if items.next_element_seed(Writer { out: &mut *self.out })?.is_none() {
                self.out.truncate(before);
                break;
            }
        }
        self.put("]")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.out.push('{');
        let mut first = true;
        while let Some(key) = entries.next_key_seed(Key)? {
            if !std::mem::replace(&mut first, false) {
                self.out.push(',');
            }
            Writer { out: &mut *self.out }.put::<A::Error>(&layout::quote(&key))?;
            self.out.push(':');
            entries.next_value_seed(Writer { out: &mut *self.out })?;
        }
        self.put("}")
    }
}

/// Reads a key, which must be a string.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<String, D::Error> {
        key.deserialize_any(self)
    }
}

impl Key {
    fn refuse<T, E: serde::de::Error>(found: impl fmt::Display) -> Result<T, E> {
        Err(E::custom(format!("the key {found} is no string; quote it")))
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = String;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is a string")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<String, E> {
        Self::refuse("null")
    }

    fn visit_bool<E: serde::de::Error>(self, key: bool) -> Result<String, E> {
        Self::refuse(key)
    }

    fn visit_i64<E: serde::de::Error>(self, key: i64) -> Result<String, E> {
        Self::refuse(key)
    }

    fn visit_u64<E: serde::de::Error>(self, key: u64) -> Result<String, E> {
        Self::refuse(key)
    }

    fn visit_f64<E: serde::de::Error>(self, key: f64) -> Result<String, E> {
        Self::refuse(key)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<String, A::Error> {
        Err(A::Error::custom("a list is no key in JSON"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<String, A::Error> {
        Err(A::Error::custom("a mapping is no key in JSON"))
    }
}
