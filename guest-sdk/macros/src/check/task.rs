//! A function as a task.

use super::{
    Default, Policy, Right, check_options, conditions, default, documentation, environment, is_duplicate, rights,
    take_arguments,
};
use crate::errors::{self, Errors, Problem};
use crate::parse::{ArgumentValue, Arguments, TaskFunction};
use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, GenericArgument, LitStr, Pat, PathArguments, ReturnType, Safety, Type};

pub(crate) struct Task {
    /// The function, without our attributes on its parameters.
    pub(crate) function: TaskFunction,
    pub(crate) name: String,
    pub(crate) environment: Option<LitStr>,
    pub(crate) documentation: String,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) policy: Policy,
    pub(crate) rights: Vec<Right>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) external: bool,
    /// Whether the signature can be a task's at all.
    pub(crate) is_sound: bool,
    /// Whether it stands in an `impl`, where no type can stand beside it.
    pub(crate) is_method: bool,
}

pub(crate) struct Parameter {
    pub(crate) ident: Ident,
    /// The property it has in the inputs.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) default: Option<Default>,
    pub(crate) documentation: String,
}

pub(crate) fn task(arguments: Arguments, mut function: TaskFunction, errors: &mut Errors) -> Task {
    let mut signature_errors = Errors::default();
    let Settings { external, environment, policy, rights } = settings(&arguments, errors);
    match (&function.body, external) {
        (None, false) => signature_errors.push(&function.signature, errors::BODY_MISSING),
        (Some(body), true) => signature_errors.push(body, errors::EXTERNAL_BODY),
        _ => {}
    }
    check_qualifiers(&function, &mut signature_errors);
    let parameters = parameters(&mut function, external, errors, &mut signature_errors);
    if let ReturnType::Type(_, ty) = &function.signature.output {
        check_type(success_type(ty), errors::RETURN_REFERENCE, &mut signature_errors);
    }
    let is_sound = signature_errors.is_empty();
    errors.append(signature_errors);
    Task {
        name: function.signature.ident.unraw().to_string(),
        documentation: documentation(&function.attributes),
        conditions: conditions(&function.attributes),
        is_method: function.signature.receiver().is_some(),
        function,
        environment,
        policy,
        rights,
        parameters,
        external,
        is_sound,
    }
}

/// What the attribute says.
#[derive(std::default::Default)]
struct Settings {
    external: bool,
    environment: Option<LitStr>,
    policy: Policy,
    rights: Vec<Right>,
}

fn settings(arguments: &Arguments, errors: &mut Errors) -> Settings {
    const KEYS: [&str; 9] = {
        let [a, b, c, d, e, f] = Policy::KEYS;
        [a, b, c, d, e, f, "rights", "environment", "external"]
    };
    let arguments = &arguments.0;
    let external = arguments.iter().any(|argument| argument.name() == "external");
    let mut settings = Settings { external, ..Settings::default() };
    for (index, argument) in arguments.iter().enumerate() {
        match argument.name().as_str() {
            _ if is_duplicate(arguments, index, errors) => {}
            "external" if matches!(argument.value, ArgumentValue::None) => {}
            "external" => errors.push(argument, errors::wrong_form("external", "external")),
            "environment" => match argument.string() {
                Some(name) => settings.environment = environment(name, errors),
                None => errors.push(argument, errors::wrong_form("environment", r#"environment = "name""#)),
            },
            name if external && Policy::KEYS.contains(&name) => {
                errors.push(&argument.key, errors::external_policy(name));
            }
            "rights" if external => errors.push(&argument.key, errors::EXTERNAL_RIGHTS),
            "rights" => settings.rights = rights::rights(argument, errors),
            name if Policy::KEYS.contains(&name) => settings.policy.set(argument, errors),
            name => errors.push(&argument.key, errors::unknown_key(name, &KEYS)),
        }
    }
    settings
}

fn check_qualifiers(function: &TaskFunction, errors: &mut Errors) {
    let signature = &function.signature;
    if let Some(token) = &signature.constness {
        errors.push(token, errors::CONST);
    }
    match &signature.safety {
        Safety::Unsafe(token) => errors.push(token, errors::UNSAFE),
        Safety::Safe(token) => errors.push(token, Problem::new("a task is always safe: remove `safe`")),
        Safety::Default => {}
    }
    if let Some(abi) = &signature.abi {
        errors.push(abi, errors::ABI);
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(variadic, errors::VARIADIC);
    }
    if !signature.generics.params.is_empty() {
        errors.push(&signature.generics, errors::GENERIC);
    } else if let Some(clause) = &signature.generics.where_clause {
        errors.push(clause, errors::GENERIC);
    }
    if !signature.ident.unraw().to_string().is_ascii() {
        errors.push(&signature.ident, errors::NAME_NOT_ASCII);
    }
}

fn parameters(
    function: &mut TaskFunction,
    external: bool,
    errors: &mut Errors,
    signature_errors: &mut Errors,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for argument in &mut function.signature.inputs {
        let argument = match argument {
            FnArg::Typed(argument) => argument,
            FnArg::Receiver(receiver) => {
                signature_errors.push(receiver, errors::RECEIVER);
                continue;
            }
        };
        let settings = take_arguments("task", &mut argument.attrs, errors);
        let documentation = documentation(&argument.attrs);
        argument.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        for condition in conditions(&argument.attrs) {
            signature_errors.push(condition, errors::PARAMETER_CFG);
        }
        check_type(&argument.ty, errors::PARAMETER_REFERENCE, signature_errors);
        let ident = match &*argument.pat {
            Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => pattern.ident.clone(),
            pattern => {
                signature_errors.push(pattern, errors::PARAMETER_PATTERN);
                continue;
            }
        };
        let mut parameter_default = None;
        for (index, setting) in settings.iter().enumerate() {
            match setting.name().as_str() {
                _ if is_duplicate(&settings, index, errors) => {}
                "default" if external => errors.push(&setting.key, errors::EXTERNAL_DEFAULT),
                "default" => parameter_default = default(setting, errors),
                name => errors.push(&setting.key, errors::unknown_key(name, &["default"])),
            }
        }
        parameters.push(Parameter {
            name: ident.unraw().to_string(),
            ident,
            ty: (*argument.ty).clone(),
            default: parameter_default,
            documentation,
        });
    }
    parameters
}

/// The `T` of `Result<T, E>`: an error may be of any type that can be shown.
fn success_type(ty: &Type) -> &Type {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == "Result"
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(success)) = arguments.args.first()
    {
        return success;
    }
    ty
}

/// Finds what no value type can contain, however deep in `ty` it is.
fn check_type(ty: &Type, reference: Problem, errors: &mut Errors) {
    struct Finder<'a> {
        reference: Option<Problem>,
        errors: &'a mut Errors,
    }

    impl Finder<'_> {
        fn not_a_value(&mut self, ty: &impl ToTokens) {
            self.errors.push(ty, errors::NOT_A_VALUE);
        }

        /// One error is enough for a type with several references.
        fn found_reference(&mut self, found: &impl ToTokens) {
            if let Some(problem) = self.reference.take() {
                self.errors.push(found, problem);
            }
        }
    }

    impl<'ast> Visit<'ast> for Finder<'_> {
        fn visit_type(&mut self, ty: &'ast Type) {
            match ty {
                Type::Reference(found) => self.found_reference(found),
                Type::ImplTrait(found) => self.errors.push(found, errors::IMPL_TRAIT),
                Type::Ptr(found) => self.not_a_value(found),
                Type::FnPtr(found) => self.not_a_value(found),
                Type::TraitObject(found) => self.not_a_value(found),
                Type::Infer(found) => self.errors.push(found, errors::IMPL_TRAIT),
                _ => visit::visit_type(self, ty),
            }
        }

        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            if lifetime.ident != "static" {
                self.found_reference(lifetime);
            }
        }
    }

    check_options(ty, errors);
    Finder { reference: Some(reference), errors }.visit_type(ty);
}
