//! Writes the code. What it relies on is in `flyte_guest::__private`, always named by its absolute path.

mod export;
mod record;
mod reuse;
mod rights;
mod task;

pub(crate) use export::export;
pub(crate) use record::record;
pub(crate) use task::task;

use proc_macro2::TokenStream;
use quote::quote;

fn private() -> TokenStream {
    quote!(::flyte_guest::__private)
}

/// Generated code is not what its author wrote: the author's choice of lints is not for it.
fn quiet() -> TokenStream {
    quote! {
        #[allow(
            clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, dead_code, deprecated,
            missing_docs, non_camel_case_types, non_snake_case, private_interfaces, unreachable_pub,
            trivial_bounds, unused_qualifications,
        )]
    }
}
