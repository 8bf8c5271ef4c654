//! Judges what was parsed: gives a model that can always be expanded, and the errors beside it.

mod cache;
mod export;
mod policy;
mod record;
mod reuse;
mod rights;
mod task;

pub(crate) use cache::{Cache, CacheBehavior};
pub(crate) use export::{Export, export};
pub(crate) use policy::{Backoff, Policy};
pub(crate) use record::{FieldDefault, Record, record};
pub(crate) use reuse::{Reuse, ReusePolicy, Scope};
pub(crate) use rights::{Kind, Right};
pub(crate) use task::{Parameter, Task, task};

use crate::errors::{self, Errors, Problem};
use crate::parse::{Argument, ArgumentValue, literal};
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, GenericArgument, Lit, LitStr, Meta, PathArguments, Type, TypePath};

/// The value that stands in where none is given.
pub(crate) enum Default {
    /// `default`: the type's own.
    OfType,
    /// `default = EXPR`, ready to be the body of a function that returns the type.
    Expr(proc_macro2::TokenStream),
}

/// The default in `argument`, whose key is `default`.
fn default(argument: &Argument, errors: &mut Errors) -> Option<Default> {
    match &argument.value {
        ArgumentValue::None => Some(Default::OfType),
        ArgumentValue::Expr(expr) => Some(Default::Expr(converted(expr))),
        ArgumentValue::List(_) => {
            errors.push(argument, errors::wrong_form("default", "default = value"));
            None
        }
    }
}

/// A string literal becomes what the type makes of it; anything else must be of the type already, or integer
/// literals would lose theirs.
fn converted(expr: &Expr) -> proc_macro2::TokenStream {
    match literal(expr) {
        Some(Lit::Str(string)) => quote_spanned!(string.span()=> ::core::convert::Into::into(#string)),
        _ => expr.to_token_stream(),
    }
}

/// The name of a task environment.
fn environment(name: &LitStr, errors: &mut Errors) -> Option<LitStr> {
    let text = name.value();
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !text.is_empty() && text.chars().all(valid) {
        return Some(name.clone());
    }
    errors.push(name, Problem::new("an environment's name is made of ASCII letters, digits, `-` and `_`"));
    None
}

/// Whether a key of `arguments` comes a second time; says so at its span.
fn is_duplicate(arguments: &[Argument], index: usize, errors: &mut Errors) -> bool {
    let name = arguments[index].name();
    let duplicate = arguments[..index].iter().any(|earlier| earlier.name() == name);
    if duplicate {
        errors.push(&arguments[index].key, errors::duplicate_key(&name));
    }
    duplicate
}

/// The lines of doc comments, without the indentation they share.
fn documentation(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(doc) = &attribute.meta
            && doc.path.is_ident("doc")
            && let Some(Lit::Str(text)) = literal(&doc.value)
        {
            lines.extend(text.value().lines().map(str::to_owned).collect::<Vec<_>>());
            if text.value().is_empty() {
                lines.push(String::new());
            }
        }
    }
    let indentation = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or(0);
    let dedented = lines.iter().map(|line| line.get(shared..).unwrap_or("").trim_end());
    dedented.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// The `#[cfg]`s of an item, which everything generated for it shares.
fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

/// Takes the attributes named `name` out and gives their arguments.
fn take_arguments(name: &str, attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Vec<Argument> {
    let mut arguments = Vec::new();
    attributes.retain(|attribute| {
        // `#[flyte_guest::record(…)]` on a field reads well too.
        let ours = attribute.path().segments.last().is_some_and(|last| last.ident == name);
        if ours {
            match &attribute.meta {
                Meta::List(list) => {
                    let parsed = errors.parsed(syn::parse2::<crate::parse::Arguments>(list.tokens.clone()));
                    arguments.extend(parsed.0);
                }
                other => errors.push(other, errors::wrong_form(name, &format!("#[{name}(default = value)]"))),
            }
        }
        !ours
    });
    arguments
}

/// Finds an `Option` directly within an `Option`, however deep in `ty` it is. An alias hides it.
fn check_options(ty: &Type, errors: &mut Errors) {
    struct Finder<'a>(&'a mut Errors);

    impl<'ast> Visit<'ast> for Finder<'_> {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            if let Some(Type::Path(inner)) = option_of(ty)
                && option_of(inner).is_some()
            {
                return self.0.push(ty, errors::NESTED_OPTION);
            }
            visit::visit_type_path(self, ty);
        }
    }

    Finder(errors).visit_type(ty);
}

/// The `T` of `Option<T>`.
fn option_of(ty: &TypePath) -> Option<&Type> {
    let last = ty.path.segments.last().filter(|last| last.ident == "Option")?;
    type_arguments(&last.arguments).next()
}

/// The types among `<…>`.
fn type_arguments(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let arguments = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
