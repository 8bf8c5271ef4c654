//! Reads syntax and judges none of it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, LitStr, Path, Signature, Token, Visibility};

/// A function with `#[task]` on it. The body stays tokens: it is emitted as it was written.
pub(crate) struct TaskFunction {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// None where `;` stands in its place.
    pub(crate) body: Option<TokenStream>,
}

impl Parse for TaskFunction {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = Attribute::parse_outer(input)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = match input.parse::<Option<Token![;]>>()? {
            Some(_) => None,
            None => Some(input.parse()?),
        };
        Ok(Self { attributes, visibility, signature, body })
    }
}

/// A type with `#[record]` on it.
pub(crate) enum RecordItem {
    Struct(syn::ItemStruct),
    Enum(syn::ItemEnum),
    Union(syn::ItemUnion),
}

impl Parse for RecordItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match input.parse()? {
            syn::Item::Struct(item) => Ok(Self::Struct(item)),
            syn::Item::Enum(item) => Ok(Self::Enum(item)),
            syn::Item::Union(item) => Ok(Self::Union(item)),
            other => Err(syn::Error::new_spanned(other, "expected a struct or an enum")),
        }
    }
}

pub(crate) fn is_an_item(tokens: &TokenStream) -> bool {
    syn::parse2::<syn::Item>(tokens.clone()).is_ok_and(|item| !matches!(item, syn::Item::Verbatim(_)))
}

/// The first token that isn't part of an attribute.
pub(crate) fn first_token(item: &TokenStream) -> TokenStream {
    let without_attributes = |input: ParseStream<'_>| {
        Attribute::parse_outer(input)?;
        input.parse::<TokenStream>()
    };
    let rest = syn::parse::Parser::parse2(without_attributes, item.clone()).unwrap_or_else(|_| item.clone());
    rest.into_iter().next().map(TokenTree::into_token_stream).unwrap_or_default()
}

/// The arguments of an attribute: `a, b = 1, c(d = "x", e)`.
#[derive(Default)]
pub(crate) struct Arguments(pub(crate) Vec<Argument>);

pub(crate) struct Argument {
    pub(crate) key: Ident,
    pub(crate) value: ArgumentValue,
}

pub(crate) enum ArgumentValue {
    /// `key`
    None,
    /// `key = value`
    Expr(Box<Expr>),
    /// `key(…)`
    List(Arguments),
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let arguments = Punctuated::<Argument, Token![,]>::parse_terminated(input)?;
        Ok(Self(arguments.into_iter().collect()))
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            ArgumentValue::Expr(Box::new(input.parse()?))
        } else if input.peek(syn::token::Paren) {
            let list;
            syn::parenthesized!(list in input);
            ArgumentValue::List(list.parse()?)
        } else {
            ArgumentValue::None
        };
        Ok(Self { key, value })
    }
}

impl Argument {
    /// The key as it is compared and shown, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.key.unraw().to_string()
    }

    /// The value alone, for an error about it; the key where there is no value.
    pub(crate) fn value_tokens(&self) -> TokenStream {
        match &self.value {
            ArgumentValue::Expr(expr) => expr.to_token_stream(),
            _ => self.key.to_token_stream(),
        }
    }

    /// The literal of `key = literal`.
    pub(crate) fn literal(&self) -> Option<&Lit> {
        match &self.value {
            ArgumentValue::Expr(expr) => literal(expr),
            _ => None,
        }
    }

    /// The string of `key = "string"`.
    pub(crate) fn string(&self) -> Option<&LitStr> {
        match self.literal() {
            Some(Lit::Str(string)) => Some(string),
            _ => None,
        }
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.key.to_tokens(tokens);
        match &self.value {
            ArgumentValue::None => {}
            ArgumentValue::Expr(expr) => expr.to_tokens(tokens),
            ArgumentValue::List(list) => list.0.iter().for_each(|argument| argument.to_tokens(tokens)),
        }
    }
}

/// A literal, also one that came through a `macro_rules!` and so stands in an invisible group.
pub(crate) fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(literal) => Some(&literal.lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// The arguments of `export!`: tasks, or `environment = "…", rights(…), reusable(…), tasks = […]`.
#[derive(Default)]
pub(crate) struct ExportArguments {
    pub(crate) tasks: Vec<Path>,
    pub(crate) keys: Vec<ExportKey>,
}

pub(crate) enum ExportKey {
    Environment(Ident, Expr),
    Rights(Argument),
    Reusable(Argument),
    Tasks(Ident, Vec<Path>),
    Unknown(Ident),
}

impl ExportKey {
    pub(crate) fn name(&self) -> &Ident {
        match self {
            Self::Environment(name, _) | Self::Tasks(name, _) | Self::Unknown(name) => name,
            Self::Rights(argument) | Self::Reusable(argument) => &argument.key,
        }
    }
}

impl Parse for ExportArguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Self::default();
        while !input.is_empty() {
            if input.peek(Ident::peek_any) && input.peek2(syn::token::Paren) {
                let argument: Argument = input.parse()?;
                arguments.keys.push(match argument.name().as_str() {
                    "rights" => ExportKey::Rights(argument),
                    "reusable" => ExportKey::Reusable(argument),
                    _ => ExportKey::Unknown(argument.key),
                });
            } else if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
                let key = input.call(Ident::parse_any)?;
                input.parse::<Token![=]>()?;
                arguments.keys.push(if key == "environment" {
                    ExportKey::Environment(key, input.parse()?)
                } else if key == "tasks" {
                    let list;
                    syn::bracketed!(list in input);
                    let paths = list.parse_terminated(Path::parse_mod_style, Token![,])?;
                    ExportKey::Tasks(key, paths.into_iter().collect())
                } else if key == "rights" {
                    // Refused later, with the form it should have.
                    ExportKey::Rights(Argument { key, value: ArgumentValue::Expr(input.parse()?) })
                } else if key == "reusable" {
                    ExportKey::Reusable(Argument { key, value: ArgumentValue::Expr(input.parse()?) })
                } else {
                    input.parse::<Expr>()?;
                    ExportKey::Unknown(key)
                });
            } else {
                arguments.tasks.push(input.call(Path::parse_mod_style)?);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}
