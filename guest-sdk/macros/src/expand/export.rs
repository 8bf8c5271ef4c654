//! The component; natively, only the check that it could be one.

use super::{private, quiet, reuse::component_reuse, rights::rights};
use crate::check::Export;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

pub(crate) fn export(export: &Export) -> TokenStream {
    let (private, quiet) = (private(), quiet());
    let environment = match &export.environment {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let (rights, reuse) = (rights(&export.rights), component_reuse(export.reuse));
    let entries = export.tasks.iter().map(entry);
    quote! {
        #quiet
        const _: () = {
            struct __Component;

            #[automatically_derived]
            impl #private::Component for __Component {
                const ENVIRONMENT: ::core::option::Option<&'static str> = #environment;
                const RIGHTS: &'static [#private::Right] = #rights;
                const REUSE: ::core::option::Option<#private::ReusePolicy> = #reuse;
                const TASKS: &'static [#private::TaskEntry] = &[#(#entries),*];
            }

            const _: () = #private::assert_unique(<__Component as #private::Component>::TASKS);
            #private::export_component!(__Component);
        };
    }
}

/// The entry of a task. `use` takes a function without `#[task]` as well, and the glob import beside it then gives the
/// type that it lacks: one that is no task, so that the error is about that.
fn entry(task: &Path) -> TokenStream {
    let private = private();
    let name = task.segments.last().map(|last| &last.ident);
    let imported = quote_spanned!(task.span()=> __Task);
    let entry = quote_spanned!(task.span()=> #private::TaskEntry::of::<#imported>());
    quote! {
        {
            #[allow(unused_imports)]
            use #task as __Task;
            mod __lacking {
                pub struct #name {}
                pub mod fallback {
                    pub use super::#name as __Task;
                }
            }
            #[allow(unused_imports)]
            use __lacking::fallback::*;
            #entry
        }
    }
}
