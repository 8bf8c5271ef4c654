//! A record: the type itself, with the derives that make it a value.

use super::{private, quiet};
use crate::check::{FieldDefault, Record};
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
    let defaults =
        record.defaults.iter().map(|FieldDefault { expr, described, ty, conditions: field_conditions }| {
            let (span, value) = match expr {
                // The value's own span, so that a value of the wrong type is shown where it stands.
                Some((_, value)) => (value.span(), value.clone()),
                None => (ty.span(), quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default())),
            };
            let for_serde = expr.as_ref().map(|(function, _)| {
                quote_spanned! {span=>
                    #(#conditions)*
                    #(#field_conditions)*
                    #[doc(hidden)]
                    #quiet
                    fn #function() -> #ty { #value }
                }
            });
            let for_schema = described.as_ref().map(|(function, field)| {
                let value = match expr {
                    Some((function, _)) => quote_spanned!(span=> #function()),
                    None => value,
                };
                quote_spanned! {span=>
                    #(#conditions)*
                    #(#field_conditions)*
                    #[doc(hidden)]
                    #quiet
                    fn #function() -> #ty { ::flyte_guest::__private::described_default(#field, #value) }
                }
            });
            quote!(#for_serde #for_schema)
        });
    let assertions = record.field_types.iter().map(|(ty, conditions)| {
        // Every token has the type's span: an error is shown where the type stands.
        let assertion = quote_spanned!(ty.span()=> ::flyte_guest::__private::assert_field::<#ty>());
        quote!(#(#conditions)* { #assertion })
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
        // First, so that its errors come first.
        #(#conditions)*
        #[automatically_derived]
        impl #impl_generics #private::Record for #ident #type_generics #where_clause {
            fn assert_fields() {
                #(#assertions)*
            }
        }

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
