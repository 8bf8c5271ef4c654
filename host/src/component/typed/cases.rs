//! Whether who takes a value knows all cases that it may be.
//!
//! Schemas leave that open: an alternative of a union that does not fit need not be what is given, and a text may be
//! one of the names that are wanted. A case of a variant is meant to be, and so is any text.

use std::fmt;

use crate::component::typed::wit_type::WitType;

/// What may be given, and is not known to who takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown<'t> {
    /// A case that one of both does not know, or has with a payload where the other has none.
    Case(&'t str),
    /// Any text, where a few names are known.
    Text,
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(name) => write!(f, "the case `{name}` is known to one of both only"),
            Self::Text => f.write_str("it may be any text where a few names are known"),
        }
    }
}

/// What `given` may be and `wanted` does not know.
pub(super) fn unknown<'t>(wanted: &WitType, given: &'t WitType) -> Option<Unknown<'t>> {
    match (wanted, given) {
        (WitType::Option(wanted), WitType::Option(given)) | (WitType::List(wanted), WitType::List(given)) => {
            unknown(wanted, given)
        }
        (WitType::Option(wanted), given) => unknown(wanted, given),
        // A name is a text.
        (WitType::String, WitType::Enum(_)) => None,
        (WitType::Flags(_), WitType::List(given)) => is_text(given).then_some(Unknown::Text),
        (wanted, given) if is_text(given) => cases(wanted).map(|_| Unknown::Text),
        (WitType::Map(wanted_key, wanted), WitType::Map(key, given)) => {
            unknown(wanted_key, key).or_else(|| unknown(wanted, given))
        }
        (WitType::Tuple(wanted), WitType::Tuple(given)) => {
            wanted.iter().zip(given).find_map(|(wanted, given)| unknown(wanted, given))
        }
        (WitType::Record(wanted), WitType::Record(given)) => given.iter().find_map(|given| {
            let wanted = wanted.iter().find(|wanted| wanted.name == given.name)?;
            unknown(&wanted.ty, &given.ty)
        }),
        (wanted, given) => {
            let known = cases(wanted).unwrap_or_default();
            cases(given)?.into_iter().find_map(|(name, payload)| {
                let known = known.iter().find(|(known, _)| *known == name).map(|(_, payload)| *payload);
                match (known, payload) {
                    (Some(None), None) => None,
                    (Some(Some(wanted)), Some(given)) => unknown(wanted, given),
                    _ => Some(Unknown::Case(name)),
                }
            })
        }
    }
}

fn is_text(ty: &WitType) -> bool {
    matches!(ty, WitType::String | WitType::Char | WitType::Bytes)
}

/// The cases of a variant, with their payloads. Those of an enum are names, which schemas compare.
fn cases(ty: &WitType) -> Option<Vec<(&str, Option<&WitType>)>> {
    match ty {
        WitType::Variant(cases) => {
            Some(cases.iter().map(|case| (case.name.as_str(), case.payload.as_ref())).collect())
        }
        WitType::Enum(names) => Some(names.iter().map(|name| (name.as_str(), None)).collect()),
        WitType::Result(ok, error) => Some(vec![("ok", ok.as_deref()), ("error", error.as_deref())]),
        _ => None,
    }
}
