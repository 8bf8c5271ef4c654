//! A struct or an enum as a value type.

use super::{Default, check_options, conditions, default, is_duplicate, take_arguments, type_arguments};
use crate::errors::{self, Errors};
use crate::parse::{Argument, Arguments, RecordItem};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Field, Fields, GenericParam, Generics, LitStr, Meta, Type, parse_quote};

pub(crate) struct Record {
    /// The item, with `#[record(…)]` on its fields turned into `#[serde(…)]`.
    pub(crate) item: RecordItem,
    /// What goes into the container's own `#[serde(…)]`.
    pub(crate) serde: Vec<TokenStream>,
    pub(crate) defaults: Vec<FieldDefault>,
    /// The types that need a JSON form of their own, and the conditions under which they are there.
    pub(crate) field_types: Vec<(Type, Vec<Attribute>)>,
    pub(crate) conditions: Vec<Attribute>,
}

/// The functions that give a field's default.
pub(crate) struct FieldDefault {
    /// The function for serde, and the expression it gives; none where it is the type's `Default`.
    pub(crate) expr: Option<(Ident, TokenStream)>,
    /// The function for the schema, and the field's name in messages; none where serde is told how to write it.
    pub(crate) described: Option<(Ident, String)>,
    pub(crate) ty: Type,
    pub(crate) conditions: Vec<Attribute>,
}

impl Record {
    pub(crate) fn ident(&self) -> &Ident {
        match &self.item {
            RecordItem::Struct(item) => &item.ident,
            RecordItem::Enum(item) => &item.ident,
            RecordItem::Union(item) => &item.ident,
        }
    }

    pub(crate) fn generics(&self) -> &Generics {
        match &self.item {
            RecordItem::Struct(item) => &item.generics,
            RecordItem::Enum(item) => &item.generics,
            RecordItem::Union(item) => &item.generics,
        }
    }
}

pub(crate) fn record(arguments: Arguments, mut item: RecordItem, errors: &mut Errors) -> Record {
    let mut defaults = Vec::new();
    let (attributes, generics) = match &mut item {
        RecordItem::Struct(item) => {
            let mut fields = FieldChecker {
                container: &item.ident,
                variant: None,
                variant_conditions: &[],
                generics: &item.generics,
                defaults: &mut defaults,
            };
            fields.check(&mut item.fields, errors);
            (&item.attrs, &item.generics)
        }
        RecordItem::Enum(item) => {
            for variant in &mut item.variants {
                rename_only(&mut variant.attrs, errors);
                let variant_conditions = conditions(&variant.attrs);
                let mut fields = FieldChecker {
                    container: &item.ident,
                    variant: Some(&variant.ident),
                    variant_conditions: &variant_conditions,
                    generics: &item.generics,
                    defaults: &mut defaults,
                };
                fields.check(&mut variant.fields, errors);
            }
            (&item.attrs, &item.generics)
        }
        RecordItem::Union(item) => {
            errors.push(item.union_token, errors::UNION);
            (&item.attrs, &item.generics)
        }
    };
    for parameter in &generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            errors.push(lifetime, errors::RECORD_LIFETIME);
        }
    }
    check_derives(attributes, errors);
    let conditions = conditions(attributes);
    let mut serde = container_settings(&arguments.0, errors);
    if !has_serde_word(attributes, "deny_unknown_fields") && !flattens(&item) {
        serde.push(quote!(deny_unknown_fields));
    }
    let field_types = field_types(&item, errors);
    Record { item, serde, defaults, field_types, conditions }
}

/// The arguments of `#[record(…)]` on the type, in serde's words.
fn container_settings(arguments: &[Argument], errors: &mut Errors) -> Vec<TokenStream> {
    let mut settings = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        match (argument.name().as_str(), argument.string()) {
            _ if is_duplicate(arguments, index, errors) => {}
            ("rename_all", Some(case)) => settings.push(quote!(rename_all = #case)),
            ("rename_all", None) => {
                errors.push(argument, errors::wrong_form("rename_all", r#"rename_all = "snake_case""#));
            }
            (name, _) => errors.push(&argument.key, errors::unknown_key(name, &["rename_all"])),
        }
    }
    settings
}

/// `#[record(rename = "…")]` on a variant.
fn rename_only(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    let settings = take_arguments("record", attributes, errors);
    for (index, setting) in settings.iter().enumerate() {
        match setting.name().as_str() {
            _ if is_duplicate(&settings, index, errors) => {}
            "rename" => attributes.extend(rename(setting, errors)),
            name => errors.push(&setting.key, errors::unknown_key(name, &["rename"])),
        }
    }
}

fn rename(setting: &Argument, errors: &mut Errors) -> Option<Attribute> {
    let name: Option<&LitStr> = setting.string();
    if name.is_none() {
        errors.push(setting, errors::wrong_form("rename", r#"rename = "name""#));
    }
    name.map(|name| parse_quote!(#[serde(rename = #name)]))
}

struct FieldChecker<'a> {
    container: &'a Ident,
    variant: Option<&'a Ident>,
    variant_conditions: &'a [Attribute],
    generics: &'a Generics,
    defaults: &'a mut Vec<FieldDefault>,
}

impl FieldChecker<'_> {
    fn check(&mut self, fields: &mut Fields, errors: &mut Errors) {
        for field in fields {
            let settings = take_arguments("record", &mut field.attrs, errors);
            for (index, setting) in settings.iter().enumerate() {
                let name = setting.name();
                if is_duplicate(&settings, index, errors) {
                    continue;
                }
                if !["default", "rename"].contains(&name.as_str()) {
                    errors.push(&setting.key, errors::unknown_key(&name, &["default", "rename"]));
                    continue;
                }
                let Some(ident) = &field.ident else {
                    errors.push(&setting.key, errors::ONLY_NAMED_FIELDS);
                    continue;
                };
                if name == "rename" {
                    field.attrs.extend(rename(setting, errors));
                    continue;
                }
                let expr = match default(setting, errors) {
                    Some(Default::Expr(_)) if self.mentions_parameter(&field.ty) => {
                        errors.push(setting.value_tokens(), errors::DEFAULT_ON_GENERIC);
                        continue;
                    }
                    Some(Default::Expr(value)) => Some((self.function_name("default", ident), value)),
                    Some(Default::OfType) => None,
                    None => continue,
                };
                field.attrs.push(match &expr {
                    Some((function, _)) => {
                        let path = function.to_string();
                        parse_quote!(#[serde(default = #path)])
                    }
                    None => parse_quote!(#[serde(default)]),
                });
                let is_free = !has_form_of_its_own(&field.attrs)
                    && !self.mentions_parameter(&field.ty)
                    && !mentions(field.ty.to_token_stream(), &["Self".to_owned()]);
                let described =
                    is_free.then(|| (self.function_name("described_default", ident), self.shown(ident)));
                if let Some((function, _)) = &described {
                    let path = function.to_string();
                    field.attrs.push(parse_quote!(#[schemars(default = #path)]));
                }
                let conditions = [self.variant_conditions, &conditions(&field.attrs)].concat();
                self.defaults.push(FieldDefault { expr, described, ty: field.ty.clone(), conditions });
            }
        }
    }

    fn function_name(&self, kind: &str, field: &Ident) -> Ident {
        let container = self.container.unraw();
        let field = field.unraw();
        match self.variant {
            Some(variant) => format_ident!("__flyte_{kind}_{container}_{}_{field}", variant.unraw()),
            None => format_ident!("__flyte_{kind}_{container}_{field}"),
        }
    }

    /// The field as a message names it.
    fn shown(&self, field: &Ident) -> String {
        let (container, field) = (self.container.unraw(), field.unraw());
        match self.variant {
            Some(variant) => format!("{container}::{}.{field}", variant.unraw()),
            None => format!("{container}.{field}"),
        }
    }

    fn mentions_parameter(&self, ty: &Type) -> bool {
        let parameters: Vec<String> =
            self.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
        mentions(ty.to_token_stream(), &parameters)
    }
}

fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident.to_string()),
        TokenTree::Group(group) => mentions(group.stream(), names),
        _ => false,
    })
}

/// A derive of what `#[record]` derives would give a confusing "conflicting implementations".
fn check_derives(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let _ = attribute.parse_nested_meta(|derive| {
            if let Some(last) = derive.path.segments.last()
                && ["Serialize", "Deserialize", "JsonSchema"].iter().any(|name| last.ident == name)
            {
                errors.push(&derive.path, errors::derived_already(&last.ident.to_string()));
            }
            Ok(())
        });
    }
}

/// serde can't refuse unknown fields where a field takes in what the others leave.
fn flattens(item: &RecordItem) -> bool {
    let flattened = |fields: &Fields| fields.iter().any(|field| has_serde_word(&field.attrs, "flatten"));
    match item {
        RecordItem::Struct(item) => flattened(&item.fields),
        RecordItem::Enum(item) => item.variants.iter().any(|variant| flattened(&variant.fields)),
        RecordItem::Union(_) => false,
    }
}

/// The types of the fields that are written as they are. Checks them, too.
fn field_types(item: &RecordItem, errors: &mut Errors) -> Vec<(Type, Vec<Attribute>)> {
    // Another type is written in its place, or the author says what its parameters have to be.
    let is_replaced = |attributes: &[Attribute]| {
        ["from", "try_from", "into", "remote", "bound"].iter().any(|word| has_serde_word(attributes, word))
    };
    let mut types = Vec::new();
    let mut add = |field: &Field, variant_conditions: &[Attribute]| {
        if has_form_of_its_own(&field.attrs) {
            return;
        }
        check_options(&field.ty, errors);
        let conditions = [variant_conditions, &conditions(&field.attrs)].concat();
        types.extend(elements(&field.ty).into_iter().map(|ty| (ty.clone(), conditions.clone())));
    };
    match item {
        RecordItem::Struct(item) if !is_replaced(&item.attrs) => {
            item.fields.iter().for_each(|field| add(field, &[]));
        }
        RecordItem::Enum(item) if !is_replaced(&item.attrs) => {
            for variant in item.variants.iter().filter(|variant| !has_form_of_its_own(&variant.attrs)) {
                let conditions = conditions(&variant.attrs);
                variant.fields.iter().for_each(|field| add(field, &conditions));
            }
        }
        _ => {}
    }
    types
}

/// Whether serde or schemars is told to leave a field or a variant out, or how to write it.
fn has_form_of_its_own(attributes: &[Attribute]) -> bool {
    const WORDS: [&str; 8] = [
        "skip",
        "skip_serializing",
        "skip_deserializing",
        "with",
        "serialize_with",
        "deserialize_with",
        "schema_with",
        "bound",
    ];
    WORDS.iter().any(|word| has_word(attributes, "serde", word) || has_word(attributes, "schemars", word))
}

/// The types that `ty` is a collection of, so that an error is about them; or `ty` itself.
fn elements(ty: &Type) -> Vec<&Type> {
    // Not `Box`: what it holds may be unsized.
    const COLLECTIONS: [&str; 8] =
        ["Option", "Vec", "VecDeque", "BTreeSet", "HashSet", "BTreeMap", "HashMap", "LinkedList"];
    match ty {
        Type::Group(group) => elements(&group.elem),
        Type::Paren(paren) => elements(&paren.elem),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => tuple.elems.iter().flat_map(elements).collect(),
        Type::Path(path) => match path.path.segments.last() {
            Some(last) if COLLECTIONS.iter().any(|name| last.ident == name) => {
                // A map has two, and what follows is a hasher.
                let number = if last.ident.to_string().ends_with("Map") { 2 } else { 1 };
                let within: Vec<_> = type_arguments(&last.arguments).take(number).flat_map(elements).collect();
                if within.is_empty() { vec![ty] } else { within }
            }
            _ => vec![ty],
        },
        _ => vec![ty],
    }
}

fn has_serde_word(attributes: &[Attribute], word: &str) -> bool {
    has_word(attributes, "serde", word)
}

/// Whether `word` is among the arguments of an attribute `name`, with a value or without.
fn has_word(attributes: &[Attribute], name: &str, word: &str) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident(name)).any(|attribute| match &attribute.meta {
        Meta::List(list) => syn::parse2::<Arguments>(list.tokens.clone())
            .is_ok_and(|arguments| arguments.0.iter().any(|argument| argument.name() == word)),
        _ => false,
    })
}
