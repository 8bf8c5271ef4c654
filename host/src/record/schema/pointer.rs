//! Where a `$ref` leads.

use std::collections::HashMap;

use crate::record::tree::{Tree, Value};

/// The keywords under which schemas are defined; `definitions` is that of older drafts.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// The schemas that are defined for reference, by keyword and name: there may be thousands.
pub(crate) type Definitions<'t> = HashMap<(&'static str, &'t str), &'t Tree<'t>>;

/// Finds the schemas under `$defs` and `definitions`.
pub(crate) fn definitions<'t>(root: &'t Tree<'t>) -> Definitions<'t> {
    let mut definitions = HashMap::new();
    for section in DEFINITIONS {
        if let Some(Tree { value: Value::Object(members), .. }) = root.member(section) {
            definitions.extend(members.iter().map(|(name, tree)| ((section, name.as_ref()), tree)));
        }
    }
    definitions
}

/// The schema that a JSON pointer leads to, percent encoding resolved.
pub(crate) fn find<'t>(root: &'t Tree<'t>, definitions: &Definitions<'t>, pointer: &str) -> Option<&'t Tree<'t>> {
    let pointer = percent_decode(pointer)?;
    for section in DEFINITIONS {
        let name = pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(section)?.strip_prefix('/'));
        if let Some(name) = name.filter(|name| !name.contains('/')) {
            return definitions.get(&(section, &*name.replace("~1", "/").replace("~0", "~"))).copied();
        }
    }
    let mut tree = root;
    for segment in pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        tree = match &tree.value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
            _ => tree.member(&name)?,
        };
    }
    (pointer.is_empty() || pointer.starts_with('/')).then_some(tree)
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
