//! Keywords to rules, where no other schema is involved.

use crate::record::cut;
use crate::record::decimal::Decimal;
use crate::record::schema::error::SchemaError;
use crate::record::schema::format::StringFormat;
use crate::record::schema::keywords::Keywords;
use crate::record::schema::node::{Bounds, StringRules};
use crate::record::schema::number::{Bound, NumberFormat, NumberRules};
use crate::record::tree::{Tree, Value};

/// The names under `type`, without doubles; `integer` beside `number` adds nothing.
pub(crate) fn types<'t>(keywords: &Keywords<'_, 't>) -> Result<Option<Vec<&'t str>>, SchemaError> {
    let Some(tree) = keywords.get("type") else { return Ok(None) };
    let names = match tree.as_str() {
        Some(name) => vec![name],
        None => keywords.strings("type")?.unwrap_or_default(),
    };
    let any_number = names.contains(&"number");
    let mut types = Vec::new();
    for name in &names {
        if !["null", "boolean", "integer", "number", "string", "array", "object"].contains(name) {
            return Err(keywords.invalid("type", format!("there is no type `{}`", cut::name(name))));
        }
        if !types.contains(name) && (*name != "integer" || !any_number) {
            types.push(*name);
        }
    }
    if types.is_empty() { Err(keywords.invalid("type", "expected at least one type")) } else { Ok(Some(types)) }
}

/// The values that `enum` and `const` leave, as far as `type` allows them.
pub(crate) fn fixed_values<'t>(
    keywords: &Keywords<'_, 't>,
    types: Option<&[&str]>,
) -> Result<Option<Vec<&'t Tree<'t>>>, SchemaError> {
    let mut values: Option<Vec<&Tree<'_>>> = keywords.array("enum")?.map(|values| values.iter().collect());
    if let Some(constant) = keywords.get("const") {
        let canonical = constant.canonical();
        let allowed = values.is_none_or(|values| values.iter().any(|value| value.canonical() == canonical));
        values = Some(if allowed { vec![constant] } else { Vec::new() });
    }
    let conforms = |value: &Tree<'_>, name: &str| match &value.value {
        Value::Null => name == "null",
        Value::Boolean(_) => name == "boolean",
        Value::Number(text) => name == "number" || (name == "integer" && Decimal::parse(text).is_whole()),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    };
    Ok(values.map(|mut values| {
        values.retain(|value| types.is_none_or(|types| types.iter().any(|name| conforms(value, name))));
        values
    }))
}

pub(crate) fn string_rules(keywords: &Keywords<'_, '_>) -> Result<StringRules, SchemaError> {
    let named = keywords.string("format")?;
    let mut format = named.and_then(StringFormat::named);
    let annotation = named.filter(|_| format.is_none()).map(Into::into);
    match keywords.string("contentEncoding")? {
        None => {}
        Some("base64") => format = Some(StringFormat::Base64),
        Some(other) => {
            return Err(keywords
                .invalid("contentEncoding", format!("`{}` is not supported, only `base64`", cut::name(other))));
        }
    }
    let length = Bounds { least: keywords.count("minLength")?.unwrap_or(0), most: keywords.count("maxLength")? };
    Ok(StringRules { format, annotation, length })
}

pub(crate) fn number_rules(keywords: &Keywords<'_, '_>, whole: bool) -> Result<NumberRules, SchemaError> {
    let format = keywords.string("format")?.and_then(NumberFormat::named);
    let bound =
        |keyword, exclusive| keywords.number(keyword).map(|text| text.map(|text| Bound::new(text, exclusive)));
    let tighter =
        |first: Option<Bound>, second: Option<Bound>, choose: fn(Bound, Bound) -> Bound| match (first, second) {
            (Some(first), Some(second)) => Some(choose(first, second)),
            (first, second) => first.or(second),
        };
    let low = tighter(bound("minimum", false)?, bound("exclusiveMinimum", true)?, Bound::higher);
    let high = tighter(bound("maximum", false)?, bound("exclusiveMaximum", true)?, Bound::lower);
    let multiple = match keywords.number("multipleOf")? {
        None => None,
        Some(text) => {
            let divisor = Decimal::parse(text).as_divisor();
            let message = "expected a number above zero, of at most 18 digits";
            Some((divisor.ok_or_else(|| keywords.invalid("multipleOf", message))?, text.into()))
        }
    };
    Ok(NumberRules::new(whole, format, low, high, multiple))
}
