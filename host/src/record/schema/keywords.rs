//! The keywords of one schema object.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use crate::record::cut::{self, cut};
use crate::record::schema::error::SchemaError;
use crate::record::tree::{Tree, Value};

/// Keywords that demand something, all of which the compiler reads.
const ASSERTIONS: [&str; 28] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contentEncoding",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
    "uniqueItems",
];

/// Keywords that demand nothing. Some are not JSON Schema's but what its generators add: `discriminator` (`OpenAPI`,
/// pydantic), `definitions` (older drafts), `id` (zod), `example`.
const ANNOTATIONS: [&str; 19] = [
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "$vocabulary",
    "contentMediaType",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "env_names",
    "example",
    "examples",
    "id",
    "readOnly",
    "title",
    "writeOnly",
];

/// Where a schema stands, for messages: a JSON pointer in a URI fragment.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Pointer(&'a str),
    Member(&'a At<'a>, &'a str),
    Nth(&'a At<'a>, usize),
}

impl Display for At<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(pointer) => f.write_str(pointer),
            Self::Member(parent, name) => write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1")),
            Self::Nth(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

impl At<'_> {
    /// The place, for a message: names may be long, and there may be many of them.
    pub(crate) fn short(&self) -> String {
        cut(&self.to_string(), LONGEST_LOCATION).into_owned()
    }
}

/// The most characters of a place that are shown.
pub(crate) const LONGEST_LOCATION: usize = 300;

/// The members of an object, in order.
pub(crate) type Members<'t> = &'t [(Cow<'t, str>, Tree<'t>)];

/// The members of a schema object, and where it stands.
pub(crate) struct Keywords<'a, 't> {
    members: Members<'t>,
    pub(crate) at: &'a At<'a>,
}

impl<'a, 't> Keywords<'a, 't> {
    /// Takes a schema object; refuses one with a keyword that is not known.
    pub(crate) fn new(members: Members<'t>, at: &'a At<'a>) -> Result<Self, SchemaError> {
        for (keyword, _) in members {
            let keyword = keyword.as_ref();
            if !ASSERTIONS.contains(&keyword) && !ANNOTATIONS.contains(&keyword) && !keyword.starts_with("x-") {
                return Err(SchemaError::Unsupported {
                    keyword: cut::name(keyword).into_owned(),
                    location: at.short(),
                });
            }
        }
        Ok(Self { members, at })
    }

    pub(crate) fn get(&self, keyword: &str) -> Option<&'t Tree<'t>> {
        self.members.iter().find(|(name, _)| name == keyword).map(|(_, value)| value)
    }

    pub(crate) fn has_any(&self, keywords: &[&str]) -> bool {
        self.members.iter().any(|(name, _)| keywords.contains(&name.as_ref()))
    }

    pub(crate) fn invalid(&self, keyword: &str, message: impl Into<String>) -> SchemaError {
        SchemaError::Invalid { keyword: keyword.to_owned(), location: self.at.short(), message: message.into() }
    }

    pub(crate) fn unsupported(&self, keyword: &str) -> SchemaError {
        SchemaError::Unsupported { keyword: keyword.to_owned(), location: self.at.short() }
    }

    /// The value of a keyword that must be a string.
    pub(crate) fn string(&self, keyword: &str) -> Result<Option<&'t str>, SchemaError> {
        self.get(keyword)
            .map(|tree| tree.as_str().ok_or_else(|| self.invalid(keyword, "expected a string")))
            .transpose()
    }

    /// The value of a keyword that must be a number, as text.
    pub(crate) fn number(&self, keyword: &str) -> Result<Option<&'t str>, SchemaError> {
        match self.get(keyword).map(|tree| &tree.value) {
            None => Ok(None),
            Some(Value::Number(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(keyword, "expected a number")),
        }
    }

    /// The value of a keyword that must be a count; `2.0` is one too.
    pub(crate) fn count(&self, keyword: &str) -> Result<Option<usize>, SchemaError> {
        self.number(keyword)?
            .map(|text| {
                let whole = text.strip_suffix(".0").unwrap_or(text);
                whole
                    .parse()
                    .map_err(|_| self.invalid(keyword, format!("expected a count, got {}", cut::name(text))))
            })
            .transpose()
    }

    pub(crate) fn boolean(&self, keyword: &str) -> Result<Option<bool>, SchemaError> {
        match self.get(keyword).map(|tree| &tree.value) {
            None => Ok(None),
            Some(Value::Boolean(value)) => Ok(Some(*value)),
            Some(_) => Err(self.invalid(keyword, "expected true or false")),
        }
    }

    pub(crate) fn array(&self, keyword: &str) -> Result<Option<&'t [Tree<'t>]>, SchemaError> {
        match self.get(keyword).map(|tree| &tree.value) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.invalid(keyword, "expected an array")),
        }
    }

    pub(crate) fn object(&self, keyword: &str) -> Result<Option<Members<'t>>, SchemaError> {
        match self.get(keyword).map(|tree| &tree.value) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(_) => Err(self.invalid(keyword, "expected an object")),
        }
    }

    /// The strings of a keyword that must be an array of them.
    pub(crate) fn strings(&self, keyword: &str) -> Result<Option<Vec<&'t str>>, SchemaError> {
        let Some(items) = self.array(keyword)? else { return Ok(None) };
        let strings: Option<Vec<&str>> = items.iter().map(Tree::as_str).collect();
        strings.map(Some).ok_or_else(|| self.invalid(keyword, "expected strings"))
    }
}
