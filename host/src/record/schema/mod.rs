//! JSON Schema 2020-12, compiled.
//!
//! Supported are boolean schemas and the keywords `type`, `enum`, `const`, `properties`, `required`,
//! `additionalProperties`, `propertyNames`, `minProperties`, `maxProperties`, `items`, `prefixItems`, `minItems`,
//! `maxItems`, `uniqueItems`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `minLength`,
//! `maxLength`, `anyOf`, `oneOf`, `allOf` and `$ref` within the document; of `patternProperties` the two patterns that
//! `schemars` gives to maps from integers; of `contentEncoding` `base64`. A `format` is asserted where it names a numeric
//! type or a date, time or duration, and is an annotation otherwise. Any other keyword that demands something is an
//! error: ignoring it would let values pass that it forbids.
//!
//! In two ways this is stricter than the standard, as the types behind the schemas are: an `integer` is written without
//! fraction and exponent (`1.0` is none), and a `number` must not overflow a double.

pub(crate) mod compile;
mod discriminate;
mod effort;
mod error;
mod fit;
mod format;
mod keywords;
pub(crate) mod kinds;
pub(crate) mod name;
pub(crate) mod node;
pub(crate) mod number;
mod pointer;
mod rules;
mod settle;
mod view;

use std::sync::Arc;

use crate::record::check;
use crate::record::json::Json;
use crate::record::violation::InputError;

pub use error::{Fit, Mismatch, SchemaError};
use node::{Arena, Id};
pub use view::{Property, Shape};

/// A compiled JSON Schema, or a view of one inside it. A clone shares the compiled form.
#[derive(Clone, Debug)]
pub struct Schema {
    arena: Arc<Arena>,
    id: Id,
}

impl Schema {
    /// Compiles a JSON Schema.
    ///
    /// # Errors
    /// The text is no JSON or larger than 1 MiB; the schema has more than 65,536 parts, or parts that refer to each other
    /// so often that 262,144 names and fields would have to be gathered; it uses a keyword that is not supported, or a supported one
    /// wrongly; a reference leads nowhere or in a circle.
    pub fn compile(text: impl Into<String>) -> Result<Self, SchemaError> {
        let arena = compile::compile(text.into())?;
        let id = arena.root;
        Ok(Self { arena: Arc::new(arena), id })
    }

    /// Checks that a text is one JSON value that conforms. Takes time in proportion to the text, and allocates next to
    /// nothing for a value that conforms. Where alternatives have to be tried, the text is read again, up to 1 GiB in all;
    /// what would have to be tried beyond that is a violation.
    ///
    /// # Errors
    /// [`InputError::Syntax`] if the text is not one well-formed JSON value, else [`InputError::Fields`] with all
    /// violations together (the first 100 of them, and a count of the others). Long names and values are cut in both.
    pub fn check(&self, text: &str) -> Result<(), InputError> {
        check::check(&self.arena, self.id, text)
    }

    /// Whether values of `source` may be passed on to this schema, as far as types can tell; see [`fit`](Self::fit).
    ///
    /// # Errors
    /// The types do not go together.
    pub fn accepts(&self, source: &Self) -> Result<(), Mismatch> {
        match self.fit(source) {
            Fit::Yes | Fit::Perhaps => Ok(()),
            Fit::No(mismatch) => Err(mismatch),
        }
    }

    /// How well the values of `source` fit this schema.
    ///
    /// Types are compared strictly, refinements leniently. **No** means that the types do not go together: another kind of
    /// value, a number for an integer, a wider integer format for a narrower one, `null` where it is not allowed, a field
    /// missing or optional that is required here, a field that is unknown here, an enum with a name that is unknown
    /// here. **Perhaps** means that the source does not promise what this schema demands, and need not violate it: a
    /// range, a length, a format or a list of names that the source does not declare, an untagged union of which some
    /// alternatives fit, a source of any value. The check at run time then decides. **Yes** means that every value fits.
    ///
    /// Records are taken to have the fields they declare and no others, even where their schema allows others.
    #[must_use]
    pub fn fit(&self, source: &Self) -> Fit {
        fit::fit(&self.arena, self.id, &source.arena, source.id)
    }

    /// A short name for people: `number`, `integer (uint8)`, `BatchRequest`, `list of InferenceRequest`,
    /// `map of string to number`, `Color (one of red, green)`, `string or null`.
    #[must_use]
    pub fn type_name(&self) -> String {
        name::type_name(&self.arena, self.id)
    }

    /// The name of the type, where it has one: its key under `$defs`, or the title of a record or an enum.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        name::own_name(&self.arena, self.id)
    }

    /// What the schema says of itself; a description beside a `$ref` comes before that of its target.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        let node = self.arena.node(self.id);
        node.description.as_deref().or(self.arena.node(self.arena.resolve(self.id)).description.as_deref())
    }

    /// The default, which is not checked against the schema.
    #[must_use]
    pub fn default(&self) -> Option<Json> {
        let node = self.arena.node(self.id);
        node.default.clone().or_else(|| self.arena.node(self.arena.resolve(self.id)).default.clone())
    }

    /// The text of the schema. That of a view is only a part: what its references lead to stands elsewhere.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.arena.text[self.arena.node(self.id).span.clone()]
    }

    /// As [`check`](Self::check), where only so much may be read again; gives what was left of it, too.
    #[cfg(test)]
    pub(crate) fn check_within(&self, text: &str, mut left: usize) -> (Result<(), InputError>, usize) {
        let checked = check::check_within(&self.arena, self.id, text, &mut left);
        (checked, left)
    }

    /// How many nodes the compiled form has.
    #[cfg(test)]
    pub(crate) fn node_count(&self) -> usize {
        self.arena.nodes.len()
    }

    fn at(&self, id: Id) -> Self {
        Self { arena: Arc::clone(&self.arena), id }
    }
}
