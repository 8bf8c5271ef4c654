//! A struct or an enum as a value type.

use super::{Default, conditions, default, is_duplicate, take_arguments};
use crate::errors::{self, Errors};
use crate::parse::{Argument, ArgumentValue, Arguments, RecordItem};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Fields, GenericParam, Generics, LitStr, Meta, Type, parse_quote};

pub(crate) struct Record {
    /// The item, with `#[record(…)]` on its fields turned into `#[serde(…)]`.
    pub(crate) item: RecordItem,
    /// What goes into the container's own `#[serde(…)]`.
    pub(crate) serde: Vec<TokenStream>,
    pub(crate) defaults: Vec<FieldDefault>,
    pub(crate) conditions: Vec<Attribute>,
}

/// A function that gives a field's default.
pub(crate) struct FieldDefault {
    pub(crate) function: Ident,
    pub(crate) ty: Type,
    pub(crate) value: TokenStream,
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
                generics: &item.generics,
                defaults: &mut defaults,
            };
            fields.check(&mut item.fields, errors);
            (&item.attrs, &item.generics)
        }
        RecordItem::Enum(item) => {
            for variant in &mut item.variants {
                rename_only(&mut variant.attrs, errors);
                let mut fields = FieldChecker {
                    container: &item.ident,
                    variant: Some(&variant.ident),
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
    Record { item, serde, defaults, conditions }
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
                match default(setting, errors) {
                    Some(Default::OfType) => field.attrs.push(parse_quote!(#[serde(default)])),
                    Some(Default::Expr(_)) if self.mentions_parameter(&field.ty) => {
                        errors.push(setting.value_tokens(), errors::DEFAULT_ON_GENERIC);
                    }
                    Some(Default::Expr(value)) => {
                        let function = self.function_name(ident);
                        let path = function.to_string();
                        field.attrs.push(parse_quote!(#[serde(default = #path)]));
                        self.defaults.push(FieldDefault { function, ty: field.ty.clone(), value });
                    }
                    None => {}
                }
            }
        }
    }

    fn function_name(&self, field: &Ident) -> Ident {
        let container = self.container.unraw();
        let field = field.unraw();
        match self.variant {
            Some(variant) => format_ident!("__flyte_default_{container}_{}_{field}", variant.unraw()),
            None => format_ident!("__flyte_default_{container}_{field}"),
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

fn has_serde_word(attributes: &[Attribute], word: &str) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("serde")).any(|attribute| {
        match &attribute.meta {
            Meta::List(list) => syn::parse2::<Arguments>(list.tokens.clone()).is_ok_and(|arguments| {
                arguments.0.iter().any(|a| a.name() == word && matches!(a.value, ArgumentValue::None))
            }),
            _ => false,
        }
    })
}
