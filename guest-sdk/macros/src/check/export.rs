//! The tasks of a component.

use super::{ReusePolicy, Right, environment, reuse, rights};
use crate::errors::{self, Errors};
use crate::parse::{ExportArguments, ExportKey, literal};
use syn::ext::IdentExt;
use syn::{Lit, LitStr, Path};

#[derive(Default)]
pub(crate) struct Export {
    pub(crate) environment: Option<LitStr>,
    /// Those of every task.
    pub(crate) rights: Vec<Right>,
    /// That of every task which says nothing of its own.
    pub(crate) reuse: Option<ReusePolicy>,
    pub(crate) tasks: Vec<Path>,
}

pub(crate) fn export(arguments: ExportArguments, errors: &mut Errors) -> Export {
    let mut export = Export { tasks: arguments.tasks, ..Export::default() };
    let mut seen = Vec::new();
    for key in arguments.keys {
        let name = key.name();
        if seen.contains(name) {
            errors.push(name, errors::duplicate_key(&name.to_string()));
            continue;
        }
        seen.push(name.clone());
        match key {
            ExportKey::Environment(name, value) => match literal(&value) {
                Some(Lit::Str(text)) => export.environment = environment(text, errors),
                _ => errors.push(name, errors::wrong_form("environment", r#"environment = "name""#)),
            },
            ExportKey::Rights(argument) => export.rights = rights::rights(&argument, errors),
            ExportKey::Reusable(argument) => export.reuse = reuse::of_component(&argument, errors),
            ExportKey::Tasks(_, tasks) => export.tasks.extend(tasks),
            ExportKey::Unknown(name) => {
                const KEYS: [&str; 4] = ["environment", "rights", "reusable", "tasks"];
                errors.push(&name, errors::unknown_key(&name.to_string(), &KEYS));
            }
        }
    }
    if export.tasks.is_empty() && errors.is_empty() {
        errors.push(proc_macro2::TokenStream::new(), errors::NO_TASKS);
    }
    remove_duplicates(&mut export.tasks, errors);
    export
}

fn remove_duplicates(tasks: &mut Vec<Path>, errors: &mut Errors) {
    let mut names = Vec::new();
    tasks.retain(|path| {
        let name = path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default();
        let duplicate = names.contains(&name);
        if duplicate {
            errors.push(path, errors::duplicate_task(&name));
        }
        names.push(name);
        !duplicate
    });
}
