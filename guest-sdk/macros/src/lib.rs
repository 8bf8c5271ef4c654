//! The macros of `flyte-guest`; use them through that crate, which documents them.
//!
//! Each works in four steps: `parse` reads the syntax, `check` judges it and collects every error at its span,
//! `expand` writes the code, and `errors` holds what is said to the author, with a hint where there is one.
//! A faulty attribute still expands to everything else, so that one mistake gives one error.

mod capability;
mod check;
mod duration;
mod errors;
mod expand;
mod parse;

use errors::Errors;
use proc_macro::TokenStream;

/// Makes a function a task. See `flyte_guest::task`.
#[proc_macro_attribute]
pub fn task(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let original = proc_macro2::TokenStream::from(item.clone());
    let function = match syn::parse::<parse::TaskFunction>(item) {
        Ok(function) => function,
        Err(error) => return not_that_item(error, original, errors::TASK_IS_FOR_FUNCTIONS),
    };
    let mut errors = Errors::default();
    let arguments = errors.parsed(syn::parse::<parse::Arguments>(arguments));
    let task = check::task(arguments, function, &mut errors);
    errors.after(expand::task(&task))
}

/// Makes a struct or an enum a value that tasks take and return. See `flyte_guest::record`.
#[proc_macro_attribute]
pub fn record(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let original = proc_macro2::TokenStream::from(item.clone());
    let item = match syn::parse::<parse::RecordItem>(item) {
        Ok(item) => item,
        Err(error) => return not_that_item(error, original, errors::RECORD_IS_FOR_TYPES),
    };
    let mut errors = Errors::default();
    let arguments = errors.parsed(syn::parse::<parse::Arguments>(arguments));
    let record = check::record(arguments, item, &mut errors);
    errors.after(expand::record(&record))
}

/// Makes the crate a component of tasks. See `flyte_guest::export`.
#[proc_macro]
pub fn export(arguments: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = errors.parsed(syn::parse::<parse::ExportArguments>(arguments));
    let export = check::export(arguments, &mut errors);
    errors.after(expand::export(&export))
}

/// The item as it was, with the reason why the attribute can't be on it.
fn not_that_item(error: syn::Error, item: proc_macro2::TokenStream, problem: errors::Problem) -> TokenStream {
    let mut errors = Errors::default();
    if parse::is_an_item(&item) {
        errors.push(parse::first_token(&item), problem);
        errors.after(item)
    } else {
        // The item isn't Rust in the first place: what syn says about it is the better message.
        error.into_compile_error().into()
    }
}
