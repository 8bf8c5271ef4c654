//! Documentation that a component brings along: the comments of its WIT, as `wit-component` embeds them.

use serde_json::Value;

/// The custom section that holds them: a byte for its version, then JSON.
pub(crate) const DOCS_SECTION: &str = "package-docs";

/// The largest section that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// How much is kept of what is said of one function, in bytes.
const LONGEST: usize = 16 << 10;

/// How many worlds are looked into.
const MOST_WORLDS: usize = 16;

/// The documentation of a package's functions. What can't be read is as if it were not there: it is only text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Docs(Value);

impl Docs {
    /// The section's content, if it is not too large.
    pub(crate) fn parse(section: &[u8]) -> Self {
        let content = match section {
            [0 | 1, content @ ..] if content.len() <= LARGEST => content,
            _ => &[],
        };
        Self(serde_json::from_slice(content).unwrap_or_default())
    }

    /// What is said of a function of an interface of the package; without an interface, of one of a world itself.
    pub(crate) fn function(&self, interface: Option<&str>, function: &str) -> String {
        // Where both an import and an export have the name, the export's are apart; otherwise there is one place for both.
        let found = match interface {
            Some(name) => text(&self.0["interfaces"][name]["funcs"][function]).or_else(|| {
                self.in_worlds(|world| {
                    let places = ["interface_exports", "interfaces"].into_iter();
                    places.filter_map(|place| text(&world[place][name]["funcs"][function])).next()
                })
            }),
            None => self.in_worlds(|world| {
                text(&world["func_exports"][function]).or_else(|| text(&world["funcs"][function]))
            }),
        };
        let found = found.unwrap_or_default().trim();
        found[..found.floor_char_boundary(LONGEST)].to_owned()
    }

    fn in_worlds<'d>(&'d self, find: impl Fn(&'d Value) -> Option<&'d str>) -> Option<&'d str> {
        self.0["worlds"].as_object()?.values().take(MOST_WORLDS).find_map(find)
    }
}

/// A bare text, or one beside what is told of stability.
fn text(docs: &Value) -> Option<&str> {
    docs.as_str().or_else(|| docs["docs"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docs(version: u8, json: &str) -> Docs {
        Docs::parse(&[&[version], json.as_bytes()].concat())
    }

    #[test]
    fn functions_have_what_is_said_of_them() {
        let docs = docs(
            1,
            r#"{"interfaces":{"shop":{"funcs":{"buy":" Buys. \n","sell":{"docs":"Sells."}}}},
               "worlds":{"w":{"func_exports":{"sum":"Adds."},"interfaces":{"inline":{"funcs":{"go":"Goes."}}}}}}"#,
        );
        let said = |interface, function| docs.function(interface, function);
        assert_eq!(said(Some("shop"), "buy"), "Buys.");
        assert_eq!(said(Some("shop"), "sell"), "Sells.");
        assert_eq!(said(Some("inline"), "go"), "Goes.");
        assert_eq!(said(None, "sum"), "Adds.");
        assert_eq!(said(None, "buy"), "");
        assert_eq!(said(Some("other"), "buy"), "");
    }

    #[test]
    fn what_can_not_be_read_is_as_if_it_were_not_there() {
        let long = format!(r#"{{"worlds":{{"w":{{"funcs":{{"f":"{}"}}}}}}}}"#, "ä".repeat(LONGEST));
        assert_eq!(docs(1, &long).function(None, "f").len(), LONGEST);
        for section in
            [docs(2, "{}"), docs(0, "{"), docs(1, "[[[]]]"), docs(1, &" ".repeat(LARGEST + 1)), Docs::parse(&[])]
        {
            assert_eq!(section.function(None, "f"), "");
            assert_eq!(section.function(Some("i"), "f"), "");
        }
    }
}
