//! Where a `$ref` leads.

use std::collections::HashMap;

use crate::record::tree::{Tree, Value};

/// Objects of so many members are searched one by one.
const FEW: usize = 16;

/// Finds what references lead to. Objects with many members are indexed when they are first searched: there may be
/// thousands of definitions, and a reference to each.
pub(crate) struct Pointers<'t> {
    root: &'t Tree<'t>,
    /// By where the object stands in the text.
    indexed: HashMap<usize, HashMap<&'t str, &'t Tree<'t>>>,
}

impl<'t> Pointers<'t> {
    pub(crate) fn new(root: &'t Tree<'t>) -> Self {
        Self { root, indexed: HashMap::new() }
    }

    /// The schema that a JSON pointer leads to, percent encoding resolved.
    pub(crate) fn find(&mut self, pointer: &str) -> Option<&'t Tree<'t>> {
        let pointer = percent_decode(pointer)?;
        let mut tree = self.root;
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            tree = match &tree.value {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
                Value::Object(members) if members.len() > FEW => {
                    let index = self.indexed.entry(tree.span.start);
                    index
                        .or_insert_with(|| members.iter().map(|(key, tree)| (key.as_ref(), tree)).collect())
                        .get(&*name)?
                }
                _ => tree.member(&name)?,
            };
        }
        (pointer.is_empty() || pointer.starts_with('/')).then_some(tree)
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// The name of a type, from the pointer to its definition.
pub(crate) fn definition_name(pointer: &str) -> Option<String> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let name = percent_decode(name)?.replace("~1", "/").replace("~0", "~");
    ["#/$defs", "#/definitions"].contains(&parent).then_some(name)
}
