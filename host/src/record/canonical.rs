//! What identifies inputs, however their text is laid out.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::record::json::JsonKind;
use crate::record::layout::quote;
use crate::record::parameters::Parameters;
use crate::record::reader::{Read, Reader};

type Hash = [u8; 32];

/// A hash of a task's inputs, which are known to be well-formed, without the parameters that are ignored.
///
/// White space, the order of an object's keys at any level and the way in which a string is escaped don't matter; numbers
/// count digit by digit. A parameter that is missing counts as its default, where the schema tells one; a field inside a
/// parameter does not. `None` where the text is no object after all.
pub(crate) fn of_inputs(text: &str, parameters: &Parameters, ignored: &[String]) -> Option<Hash> {
    let mut members = Vec::new();
    read_members(&mut Reader::new(text), &mut members).ok()?;
    for parameter in parameters.iter() {
        if let Some(default) = &parameter.default
            && !members.iter().any(|(name, _)| *name == parameter.name)
        {
            members.push((Cow::Borrowed(&parameter.name), hash_of(&mut Reader::new(default.as_str())).ok()?));
        }
    }
    members.retain(|(name, _)| !ignored.iter().any(|ignored| ignored == name));
    Some(of_members(members))
}

fn hash_of(reader: &mut Reader<'_>) -> Read<Hash> {
    let mut hash = Sha256::new();
    value(reader, &mut hash)?;
    Ok(hash.finalize().into())
}

/// Of objects, only hashes of their members are held while they are sorted: inputs may be large, and are never built up.
fn value(reader: &mut Reader<'_>, hash: &mut Sha256) -> Read<()> {
    match reader.kind()? {
        JsonKind::Null | JsonKind::Boolean => {
            let start = reader.at();
            reader.word()?;
            hash.update(reader.since(start));
        }
        JsonKind::Number => hash.update(reader.number()?.text),
        JsonKind::String => hash.update(quote(&reader.string()?.decode())),
        JsonKind::Array => {
            reader.open()?;
            hash.update(b"[");
            let mut first = true;
            while reader.item(&mut first)? {
                value(reader, hash)?;
                hash.update(b",");
            }
            hash.update(b"]");
        }
        JsonKind::Object => {
            let mut members = Vec::new();
            read_members(reader, &mut members)?;
            hash.update(b"{");
            hash.update(of_members(members));
        }
    }
    Ok(())
}

fn read_members<'a>(reader: &mut Reader<'a>, members: &mut Vec<(Cow<'a, str>, Hash)>) -> Read<()> {
    reader.kind()?;
    reader.open()?;
    let mut first = true;
    while let Some((key, _)) = reader.key(&mut first)? {
        members.push((key.decode(), hash_of(reader)?));
    }
    Ok(())
}

fn of_members(mut members: Vec<(Cow<'_, str>, Hash)>) -> Hash {
    members.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let mut hash = Sha256::new();
    for (name, value) in members {
        hash.update(name.len().to_le_bytes());
        hash.update(name.as_bytes());
        hash.update(value);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"type":"object","properties":{"a":{},"b":{"default":{"x":1,"y":2}},"c":{"type":"string"}},"required":["a"]}"#;

    fn of(text: &str, ignored: &[&str]) -> Hash {
        let ignored: Vec<String> = ignored.iter().map(|name| (*name).to_owned()).collect();
        of_inputs(text, &Parameters::compile(SCHEMA).unwrap(), &ignored).unwrap()
    }

    #[test]
    fn layout_order_and_escapes_do_not_matter() {
        let first = of(r#"{"a":[1,{"k":"ü/","l":[]}],"c":"x"}"#, &[]);
        for same in [
            " { \"c\" : \"x\" ,\n\"a\" : [ 1 , { \"l\" : [ ] , \"k\" : \"ü/\" } ] } ",
            r#"{"\u0063":"\u0078","a":[1,{"k":"\u00fc\/","l":[]}]}"#,
            r#"{"a":[1,{"k":"ü/","l":[]}],"b":{"y":2,"x":1},"c":"x"}"#,
        ] {
            assert_eq!(of(same, &[]), first, "{same}");
        }
    }

    #[test]
    fn what_differs_in_anything_else_is_something_else() {
        let different = [
            r#"{"a":1}"#,
            r#"{"a":1.0}"#,
            r#"{"a":10}"#,
            r#"{"a":"1"}"#,
            r#"{"a":[1,0]}"#,
            r#"{"a":[10]}"#,
            r#"{"a":[[1],0]}"#,
            r#"{"a":[[1,0]]}"#,
            r#"{"a":["1,0"]}"#,
            r#"{"a":{}}"#,
            r#"{"a":[]}"#,
            r#"{"a":{"x":1,"y":2}}"#,
            r#"{"a":{"x":2,"y":1}}"#,
            r#"{"a":{"x":{"y":2}}}"#,
            r#"{"a":1,"c":""}"#,
            r#"{"a":1,"b":{"x":1}}"#,
            r#"{"a":null}"#,
        ];
        for (place, one) in different.iter().enumerate() {
            for other in &different[..place] {
                assert_ne!(of(one, &[]), of(other, &[]), "{one} {other}");
            }
        }
    }

    #[test]
    fn ignored_parameters_are_left_out_whether_they_are_given_or_not() {
        let (first, ignored) = (of(r#"{"a":1}"#, &["b", "c"]), &["c", "b"]);
        assert_eq!(of(r#"{"c":"x","b":3,"a":1}"#, ignored), first);
        assert_ne!(of(r#"{"c":"x","b":3,"a":2}"#, ignored), first);
        assert_ne!(of(r#"{"a":1}"#, &[]), first);
    }
}
