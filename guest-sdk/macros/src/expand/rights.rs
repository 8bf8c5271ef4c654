//! Declared rights, as a constant.

use super::private;
use crate::check::{Kind, Right};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn rights(rights: &[Right]) -> TokenStream {
    let private = private();
    let rights = rights.iter().map(|Right { kind, argument, optional }| {
        let kind = match kind {
            Kind::Read => quote!(Read),
            Kind::Write => quote!(Write),
            Kind::Env => quote!(Env),
            Kind::Net => quote!(Net),
        };
        quote!(#private::Right { kind: #private::RightKind::#kind, argument: #argument, optional: #optional })
    });
    quote!(&[#(#rights),*])
}
