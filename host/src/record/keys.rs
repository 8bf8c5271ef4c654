//! Finds a key that an object has twice.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::record::cut;
use crate::record::path::Trail;
use crate::record::reader::{Fault, Read, Reader};
use crate::record::syntax::SyntaxCause;

/// Up to so many keys are compared one by one, which is faster than hashing and allocates nothing.
const FEW: usize = 16;

/// The keys of one open object.
pub(crate) struct ObjectKeys<'a> {
    /// Where its keys begin in the reader's list.
    base: usize,
    many: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> ObjectKeys<'a> {
    pub(crate) fn begin(reader: &Reader<'a>) -> Self {
        Self { base: reader.keys.len(), many: None }
    }

    /// Notes a key that stood at a byte; a fault when the object has it already.
    pub(crate) fn note(
        &mut self,
        reader: &mut Reader<'a>,
        key: Cow<'a, str>,
        at: usize,
        object: Trail<'_>,
    ) -> Read<()> {
        let known = if let Some(many) = &mut self.many {
            !many.insert(key.clone())
        } else {
            let few = &reader.keys[self.base..];
            let known = few.contains(&key);
            if few.len() == FEW {
                self.many = Some(few.iter().cloned().chain([key.clone()]).collect());
            }
            known
        };
        if known {
            return Err(duplicate(&key, at, object));
        }
        if self.many.is_none() {
            reader.keys.push(key);
        }
        Ok(())
    }

    pub(crate) fn end(self, reader: &mut Reader<'a>) {
        reader.keys.truncate(self.base);
    }
}

/// The fault of a key that an object has twice.
pub(crate) fn duplicate(key: &str, at: usize, object: Trail<'_>) -> Box<Fault> {
    let key = cut::name(key).into_owned();
    Box::new(Fault { at, cause: SyntaxCause::DuplicateKey { key, object: object.to_path() } })
}
