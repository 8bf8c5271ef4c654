//! A record: the type itself, with the derives that make it a value.

use super::{private, quiet};
use crate::check::Record;
use crate::parse::RecordItem;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::GenericParam;
use syn::spanned::Spanned;

pub(crate) fn record(record: &Record) -> TokenStream {
    let (private, quiet) = (private(), quiet());
    let conditions = &record.conditions;
    let item = match &record.item {
        RecordItem::Struct(item) => quote!(#item),
        RecordItem::Enum(item) => quote!(#item),
        RecordItem::Union(item) => return quote!(#item),
    };
    if record.generics().lifetimes().next().is_some() {
        return item;
    }
    let serde_path = "::flyte_guest::__private::serde";
    let schemars_path = "::flyte_guest::__private::schemars";
    let settings = &record.serde;
    let defaults = record.defaults.iter().map(|default| {
        let (function, ty, value) = (&default.function, &default.ty, &default.value);
        // The value's own span, so that a value of the wrong type is shown where it stands.
        quote_spanned! {value.span()=>
            #(#conditions)*
            #[doc(hidden)]
            #quiet
            fn #function() -> #ty { #value }
        }
    });
    let ident = record.ident();
    let mut generics = record.generics().clone();
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(syn::parse_quote!(#private::Value));
        }
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[derive(#private::serde::Serialize, #private::serde::Deserialize, #private::schemars::JsonSchema)]
        #[serde(crate = #serde_path, #(#settings),*)]
        #[schemars(crate = #schemars_path)]
        #item

        #(#defaults)*

        #(#conditions)*
        #[automatically_derived]
        impl #impl_generics #private::Value for #ident #type_generics #where_clause {}
    }
}
