//! Whether instances are used again, as a constant.

use super::private;
use crate::check::{Reuse, ReusePolicy, Scope};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn reuse(reuse: Reuse) -> TokenStream {
    let private = private();
    match reuse {
        Reuse::Inherited => quote!(#private::Reuse::Inherited),
        Reuse::Never => quote!(#private::Reuse::Never),
        Reuse::Policy(own) => {
            let own = policy(own);
            quote!(#private::Reuse::Policy(#own))
        }
    }
}

pub(super) fn component_reuse(reuse: Option<ReusePolicy>) -> TokenStream {
    match reuse.map(policy) {
        Some(policy) => quote!(::core::option::Option::Some(#policy)),
        None => quote!(::core::option::Option::None),
    }
}

fn policy(policy: ReusePolicy) -> TokenStream {
    let private = private();
    let ReusePolicy { max_uses, idle_ttl, concurrency, scope } = policy;
    let scope = match scope {
        Scope::Run => quote!(Run),
        Scope::Global => quote!(Global),
    };
    quote! {
        #private::ReusePolicy {
            max_uses: #max_uses,
            idle_ttl: ::core::time::Duration::from_nanos(#idle_ttl),
            concurrency: #concurrency,
            scope: #private::ReuseScope::#scope,
        }
    }
}
