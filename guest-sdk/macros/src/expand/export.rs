//! The component; natively, only the check that it could be one.

use super::{private, quiet};
use crate::check::Export;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

pub(crate) fn export(export: &Export) -> TokenStream {
    let (private, quiet) = (private(), quiet());
    let environment = match &export.environment {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let entries = export.tasks.iter().map(|task| quote_spanned!(task.span()=> #private::TaskEntry::of::<#task>()));
    quote! {
        #quiet
        const _: () = {
            struct __Component;

            #[automatically_derived]
            impl #private::Component for __Component {
                const ENVIRONMENT: ::core::option::Option<&'static str> = #environment;
                const TASKS: &'static [#private::TaskEntry] = &[#(#entries),*];
            }

            const _: () = #private::assert_unique(<__Component as #private::Component>::TASKS);
            #private::export_component!(__Component);
        };
    }
}
