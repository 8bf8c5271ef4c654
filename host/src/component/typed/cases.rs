//! Whether who takes a value knows all cases that it may be.
//!
//! Schemas leave that open: an alternative of a union that does not fit need not be what is given. A case of a variant is
//! meant to be.

use crate::component::typed::wit_type::WitType;

/// A case of `given` that `wanted` does not know, or has with a payload where it has none, or the other way round.
pub(super) fn unknown<'t>(wanted: &WitType, given: &'t WitType) -> Option<&'t str> {
    if let Some(cases) = cases(given) {
        let known = match wanted {
            WitType::Option(inner) => return unknown(inner, given),
            other => self::cases(other).unwrap_or_default(),
        };
        return cases.into_iter().find_map(|(name, payload)| {
            let known = known.iter().find(|(known, _)| *known == name).map(|(_, payload)| *payload);
            match (known, payload) {
                (Some(None), None) => None,
                (Some(Some(wanted)), Some(given)) => unknown(wanted, given),
                _ => Some(name),
            }
        });
    }
    match (wanted, given) {
        (WitType::Option(wanted), WitType::Option(given)) | (WitType::List(wanted), WitType::List(given)) => {
            unknown(wanted, given)
        }
        (WitType::Option(wanted), given) => unknown(wanted, given),
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
        _ => None,
    }
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
