//! A task: the function as it is, and beside it a type of the same name. Functions and types have namespaces
//! of their own, so one `use` imports both, and `name(…)` and `name::invoke(…)` go their ways.

use super::{private, quiet, reuse::reuse, rights::rights};
use crate::check::{Backoff, Cache, CacheBehavior, Default, Parameter, Policy, Task};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ReturnType;
use syn::spanned::Spanned;

pub(crate) fn task(task: &Task) -> TokenStream {
    let quiet = quiet();
    let conditions = &task.conditions;
    let function = function(task);
    if task.is_method {
        return function;
    }
    let (ident, visibility) = (&task.function.signature.ident, &task.function.visibility);
    let documentation = if task.documentation.is_empty() {
        format!("The task `{}`.", task.name)
    } else {
        task.documentation.clone()
    };
    let inputs = inputs(task);
    let invoke = invoke(task);
    let implementation = if task.external { TokenStream::new() } else { implementation(task) };
    quote! {
        #function

        #[doc = #documentation]
        #(#conditions)*
        #[allow(missing_debug_implementations, missing_copy_implementations)]
        #quiet
        #visibility struct #ident {}

        #(#conditions)*
        #quiet
        const _: () = {
            #inputs
            #invoke
            #implementation
        };
    }
}

/// The author's function. An external task has one that says why it can't be called.
fn function(task: &Task) -> TokenStream {
    let function = &task.function;
    let (attributes, visibility, signature) = (&function.attributes, &function.visibility, &function.signature);
    match &function.body {
        Some(body) => quote!(#(#attributes)* #visibility #signature #body),
        None if task.external && task.is_sound => {
            let (private, quiet, conditions, ident) = (private(), quiet(), &task.conditions, &signature.ident);
            quote! {
                #(#conditions)*
                #[doc(hidden)]
                #[allow(unused_variables, unused_mut, clippy::unused_async)]
                #quiet
                // With `for<'a>` the bound is judged where the function is called.
                #visibility #signature where for<'a> #ident: #private::Callable {
                    ::core::unreachable!()
                }
            }
        }
        None => TokenStream::new(),
    }
}

fn inputs_ident() -> Ident {
    Ident::new("__Inputs", Span::call_site())
}

/// The inputs as one object, and the functions that give its defaults.
fn inputs(task: &Task) -> TokenStream {
    if !task.is_sound {
        return TokenStream::new();
    }
    let private = private();
    let inputs = inputs_ident();
    let serde_path = "::flyte_guest::__private::serde";
    let fields = task.parameters.iter().enumerate().map(|(index, parameter)| {
        let (ident, ty) = (&parameter.ident, &parameter.ty);
        match &parameter.default {
            Some(_) => {
                let function = default_function(index).to_string();
                quote!(#[serde(default = #function)] #ident: #private::Parameter<#ty>)
            }
            None => {
                let generic = generic(index);
                quote!(#ident: #generic)
            }
        }
    });
    let generics = required(task).map(|(index, _)| generic(index));
    let arguments = required(task).map(|(_, Parameter { ty, .. })| quote!(#private::Parameter<#ty>));
    let defaults = task.parameters.iter().enumerate().filter_map(|(index, parameter)| {
        let (function, ty) = (default_function(index), &parameter.ty);
        Some(match parameter.default.as_ref()? {
            Default::OfType => quote_spanned! {ty.span()=>
                fn #function() -> #private::Parameter<#ty> {
                    #private::Parameter(<#ty as ::core::default::Default>::default())
                }
            },
            Default::Expr(value) => quote_spanned! {value.span()=>
                fn #function() -> #private::Parameter<#ty> {
                    let value: #ty = #value;
                    #private::Parameter(value)
                }
            },
        })
    });
    quote! {
        #[derive(#private::serde::Serialize, #private::serde::Deserialize)]
        #[serde(crate = #serde_path, deny_unknown_fields)]
        struct #inputs<#(#generics),*> {
            #(#fields,)*
        }

        type __TaskInputs = #inputs<#(#arguments),*>;

        #(#defaults)*
    }
}

/// The parameters without a default of their own. The derives see a type parameter for each: what a type lacks
/// would otherwise be said once for every place in the derived code that needs it.
fn required(task: &Task) -> impl Iterator<Item = (usize, &Parameter)> {
    task.parameters.iter().enumerate().filter(|(_, parameter)| parameter.default.is_none())
}

fn generic(index: usize) -> Ident {
    format_ident!("__P{index}")
}

/// What the types have to be. Said in one place of the signature, it is reported once and taken for granted in
/// the body.
fn bounds(task: &Task) -> TokenStream {
    let bounds = task.parameters.iter().map(|Parameter { ty, .. }| {
        // Every token has the type's span: an error is shown where the type stands.
        quote_spanned!(ty.span()=> #ty: ::flyte_guest::__private::Value)
    });
    let returned = returned(task);
    let result = quote_spanned! {returned.span()=>
        #returned: ::flyte_guest::__private::TaskReturn,
        <#returned as ::flyte_guest::__private::TaskReturn>::Value: ::flyte_guest::__private::Value
    };
    quote!(where #(#bounds,)* #result)
}

fn default_function(index: usize) -> Ident {
    format_ident!("__default_{index}")
}

/// The type that the function returns.
fn returned(task: &Task) -> TokenStream {
    match &task.function.signature.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    }
}

fn output(task: &Task) -> TokenStream {
    let returned = returned(task);
    quote_spanned!(returned.span()=> <#returned as ::flyte_guest::__private::TaskReturn>::Value)
}

fn invoke(task: &Task) -> TokenStream {
    if !task.is_sound {
        return TokenStream::new();
    }
    let private = private();
    let (ident, visibility) = (&task.function.signature.ident, &task.function.visibility);
    let (inputs, output, bounds) = (inputs_ident(), output(task), bounds(task));
    let parameters = task.parameters.iter().map(|Parameter { ident, ty, .. }| quote!(#ident: #ty));
    let fields = task.parameters.iter().map(|Parameter { ident, .. }| quote!(#ident: #private::Parameter(#ident)));
    let documentation = format!(
        "Invokes the task `{}` as a child action, which starts when the result is awaited or polled.",
        task.name
    );
    let map_documentation = format!("Invokes the task `{}` on each of the items, as child actions.", task.name);
    let (item, pattern) = item(task);
    let all_fields = fields.clone();
    let (invocation, fan_out) = if task.external {
        let name = match &task.environment {
            Some(environment) => format!("{}.{}", environment.value(), task.name),
            None => task.name.clone(),
        };
        (quote!(#private::invoke_external(#name, &inputs)), quote!(#private::fan_out_external(#name, inputs)))
    } else {
        (quote!(#private::invoke::<#ident, _, _>(&inputs)), quote!(#private::fan_out::<#ident, _>(inputs)))
    };
    quote! {
        #[automatically_derived]
        impl #ident {
            #[doc = #documentation]
            #[must_use = "an invocation starts when it is awaited"]
            #visibility fn invoke(#(#parameters),*) -> #private::Invocation<#output> #bounds {
                let inputs = #inputs { #(#fields),* };
                #invocation
            }

            #[doc = #map_documentation]
            #[must_use = "a fan-out starts when it is awaited"]
            #visibility fn map<'a>(
                items: impl ::core::iter::IntoIterator<Item = #item, IntoIter: 'a>,
            ) -> #private::FanOut<'a, #output> #bounds {
                let inputs = ::core::iter::IntoIterator::into_iter(items);
                let inputs = ::core::iter::Iterator::map(inputs, |#pattern| #inputs { #(#all_fields),* });
                #fan_out
            }
        }
    }
}

/// An item of a fan-out, and how it is taken apart: the parameter itself, or a tuple of all parameters.
fn item(task: &Task) -> (TokenStream, TokenStream) {
    let types = task.parameters.iter().map(|Parameter { ty, .. }| ty);
    let idents = task.parameters.iter().map(|Parameter { ident, .. }| ident);
    match &task.parameters[..] {
        [only] => (only.ty.to_token_stream(), only.ident.to_token_stream()),
        _ => (quote!((#(#types),*)), quote!((#(#idents),*))),
    }
}

fn implementation(task: &Task) -> TokenStream {
    let private = private();
    let (ident, name, documentation) = (&task.function.signature.ident, &task.name, &task.documentation);
    let environment = match &task.environment {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let (policy, rights) = (policy(&task.policy), rights(&task.rights));
    let bounds = if task.is_sound { bounds(task) } else { TokenStream::new() };
    let (schemas, run) = if task.is_sound { (schemas(task), run(task)) } else { unsound() };
    quote! {
        #[automatically_derived]
        impl #private::Task for #ident #bounds {
            const NAME: &'static str = #name;
            const ENVIRONMENT: ::core::option::Option<&'static str> = #environment;
            const DOCUMENTATION: &'static str = #documentation;
            const POLICY: #private::Policy = #policy;
            const RIGHTS: &'static [#private::Right] = #rights;

            fn schemas() -> #private::TaskSchemas {
                #schemas
            }

            fn run(inputs: ::std::string::String) -> #private::Running {
                #run
            }
        }
    }
}

/// Bodies for a task whose signature has errors, so that only those are reported.
fn unsound() -> (TokenStream, TokenStream) {
    let body = quote!(::core::unreachable!());
    (body.clone(), quote!({ let _ = inputs; #body }))
}

fn schemas(task: &Task) -> TokenStream {
    let private = private();
    let output = output(task);
    let parameters = task.parameters.iter().enumerate().map(|(index, parameter)| {
        let Parameter { name, ty, documentation, .. } = parameter;
        let default = match parameter.default {
            Some(_) => {
                let function = default_function(index);
                quote!(::core::option::Option::Some(#function))
            }
            None => quote!(::core::option::Option::None),
        };
        quote_spanned!(ty.span()=> schemas.parameter::<#ty>(#name, #documentation, #default);)
    });
    quote! {
        let mut schemas = #private::SchemaBuilder::new(<Self as #private::Task>::NAME);
        #(#parameters)*
        schemas.finish::<#output>()
    }
}

fn run(task: &Task) -> TokenStream {
    let private = private();
    let (function, returned) = (&task.function.signature.ident, returned(task));
    let binding = if task.parameters.is_empty() { quote!(_) } else { quote!(inputs) };
    let arguments = task.parameters.iter().map(|Parameter { ident, .. }| quote!(inputs.#ident.0));
    let awaited = task.function.signature.asyncness.map(|_| quote!(.await));
    // The method is looked up on the error's own type: what it is decides what becomes of it.
    let to_task_error = quote_spanned!(returned.span()=> (&&&&&#private::ErrorOf(&error)).to_task_error());
    quote! {
        ::std::boxed::Box::pin(async move {
            let #binding = #private::decode_inputs::<__TaskInputs>(&inputs)?;
            match #private::TaskReturn::into_result(#function(#(#arguments),*)#awaited) {
                ::core::result::Result::Ok(value) => #private::encode_output(&value),
                ::core::result::Result::Err(error) => {
                    #[allow(unused_imports)]
                    use #private::{FromDisplay as _, FromError as _, FromReport as _, FromTaskError as _};
                    ::core::result::Result::Err(#to_task_error)
                }
            }
        })
    }
}

fn policy(policy: &Policy) -> TokenStream {
    let private = private();
    let Policy { retries, retry_on_trap, retry_on_limit, .. } = policy;
    let Backoff { initial, factor, cap } = &policy.backoff;
    let optional = |length: Option<u64>| match length {
        Some(nanoseconds) => {
            quote!(::core::option::Option::Some(::core::time::Duration::from_nanos(#nanoseconds)))
        }
        None => quote!(::core::option::Option::None),
    };
    let (cap, max_runtime) = (optional(*cap), optional(policy.max_runtime));
    let reuse = reuse(policy.reuse);
    let Cache { behavior, ignored_inputs, serialize, max_age } = &policy.cache;
    let behavior = match behavior {
        CacheBehavior::Disable => quote!(Disable),
        CacheBehavior::Auto => quote!(Auto),
        CacheBehavior::Version(version) => quote!(Version(#version)),
    };
    let max_age = optional(*max_age);
    quote! {
        #private::Policy {
            retries: #retries,
            backoff_initial: ::core::time::Duration::from_nanos(#initial),
            backoff_factor: #factor,
            backoff_cap: #cap,
            retry_on_trap: #retry_on_trap,
            retry_on_limit: #retry_on_limit,
            max_runtime: #max_runtime,
            cache: #private::Cache {
                behavior: #private::CacheBehavior::#behavior,
                ignored_inputs: &[#(#ignored_inputs),*],
                serialize: #serialize,
                max_age: #max_age,
            },
            reuse: #reuse,
        }
    }
}
