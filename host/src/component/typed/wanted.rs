//! What a component imports, and which task of another component it is.
//!
//! A function that a typed component exports is what the same function of the same package is, in a compatible version. A
//! task that a component describes itself has no package: it is what its environment's and its own name say.

use std::sync::Arc;

use crate::component::typed::interface::Other;
use crate::component::typed::wit_type::{Field, WitType};
use crate::component::typed::{ErrorSchema, Place, Schemas, Signature, cases};
use crate::component::{Catalog, ComponentId, Task, Unavailable, UnknownTask};
use crate::record::{Mismatch, Parameter};

/// How many interfaces are named that are not the one.
const MOST_NAMED: usize = 5;

/// A function that a component imports.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) place: Place,
    pub(crate) signature: Signature,
    pub(crate) schemas: Schemas,
}

/// Why no task is what is wanted.
#[derive(Debug)]
pub(crate) struct Unmatched {
    /// For people.
    pub(crate) reason: String,
    /// Whether there is one that it would be otherwise.
    pub(crate) is_loaded: bool,
}

impl Wanted {
    /// The name by which a task is called that has no package.
    pub(crate) fn task(&self) -> String {
        match &self.place.interface {
            Some(interface) => format!("{}.{}", interface.name(), self.place.task()),
            None => self.place.task(),
        }
    }

    /// The task of another component that it is.
    ///
    /// # Errors
    /// There is none, or more than one, or it has other types.
    pub(crate) fn find<'c>(&self, catalog: &'c Catalog, importer: ComponentId) -> Result<&'c Arc<Task>, Unmatched> {
        let unlike = |reason| Unmatched { reason, is_loaded: true };
        let name = self.place.task();
        let others = || catalog.named(&name).filter(|task| task.component().id != importer);
        let mut found: Vec<_> = others().filter(|task| self.is_export(task)).collect();
        // Of several versions, the one that was asked for.
        if found.len() > 1 && found.iter().any(|task| task.interface() == self.place.interface.as_ref()) {
            found.retain(|task| task.interface() == self.place.interface.as_ref());
        }
        if found.is_empty() {
            found = others().filter(|task| self.is_described(task)).collect();
        }
        // A task outside any environment has no longer name.
        if found.len() > 1 && found.iter().any(|task| task.environment().is_none()) {
            found.retain(|task| task.environment().is_none());
        }
        match found[..] {
            [] => Err(Unmatched { reason: self.missing(catalog, importer), is_loaded: false }),
            [task] => self.fits(task).map(|()| task).map_err(unlike),
            _ => {
                let told: Vec<String> = found.iter().take(MOST_NAMED).map(|task| told(task)).collect();
                Err(unlike(format!("several can be: {}", told.join(", "))))
            }
        }
    }

    fn is_export(&self, task: &Task) -> bool {
        task.export().is_some_and(|export| export.place.stands_for(&self.place))
    }

    fn is_described(&self, task: &Task) -> bool {
        let interface = self.place.interface.as_ref();
        task.export().is_none() && interface.is_none_or(|wanted| task.environment() == Some(wanted.name()))
    }

    /// Why there is none.
    fn missing(&self, catalog: &Catalog, importer: ComponentId) -> String {
        let others = catalog.components().iter().filter(|component| component.id != importer);
        let mut unavailable = others.flat_map(|component| &component.unavailable);
        if let Some(one) = unavailable.find(|one| one.place.stands_for(&self.place)) {
            let Unavailable { name, reason, .. } = one.clone();
            return UnknownTask::Unavailable { name, reason }.to_string();
        }
        let name = self.task();
        let unknown = catalog.resolve(&name, Some(importer)).err();
        let mut reasons: Vec<String> = Vec::new();
        for task in catalog.tasks() {
            let reason = match (task.interface(), &self.place.interface) {
                (Some(given), Some(wanted)) => match given.stands_for(wanted) {
                    Err(Other::Name) => continue,
                    _ if task.component().id == importer => "is its own, and it would call itself".to_owned(),
                    Err(Other::Package) => format!("is `{}`, of another package", given.text()),
                    Err(Other::Version) => format!("is `{}`, and that version is not compatible", given.text()),
                    Ok(()) => format!("has no function `{}`", self.place.label),
                },
                (Some(given), None) if task.name() == self.place.task() => {
                    format!("is a function of `{}`, and it imports one of no interface", given.text())
                }
                _ => continue,
            };
            let what = task.environment().unwrap_or_default();
            let reason = format!("`{what}` of {} {reason}", task.component().origin.display());
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            if reasons.len() == MOST_NAMED {
                break;
            }
        }
        match unknown {
            _ if !reasons.is_empty() => reasons.join("; "),
            Some(UnknownTask::None { .. }) => match catalog.unknown_beside(&name, importer) {
                Some(unknown) => unknown.to_string(),
                None => format!("unknown task `{name}`; no other component is loaded"),
            },
            Some(unknown) => unknown.to_string(),
            None => format!("`{name}` is its own, and it would call itself"),
        }
    }

    /// What may be given, and is not known to who takes it.
    fn unknown<'s>(&'s self, task: &'s Signature) -> Option<cases::Unknown<'s>> {
        let Signature { parameters, result, error } = &self.signature;
        let parameter = |given: &'s Field| {
            let taken = task.parameters.iter().find(|taken| taken.name == given.name)?;
            cases::unknown(&taken.ty, &given.ty)
        };
        let both = |wanted: &Option<WitType>, given: &'s Option<WitType>| {
            cases::unknown(wanted.as_ref()?, given.as_ref()?)
        };
        parameters.iter().find_map(parameter).or_else(|| both(result, &task.result)).or_else(|| {
            // Where a text is wanted, it is the message.
            let error = error.as_ref().filter(|error| **error != Some(WitType::String))?;
            both(error, task.error.as_ref()?)
        })
    }

    /// Whether it has the types that are wanted.
    fn fits(&self, task: &Task) -> Result<(), String> {
        let Schemas { inputs, output, error } = &self.schemas;
        let name = task.qualified_name();
        let unlike = |why: Mismatch| format!("the task `{name}` has another type: {why}");
        for parameter in inputs.iter() {
            let taken = task.inputs().iter().find(|known| known.name == parameter.name);
            let taken = taken.ok_or_else(|| format!("the task `{name}` has no parameter `{}`", parameter.name))?;
            taken.schema.accepts(&parameter.schema).map_err(|why| unlike(why.within(&parameter.name)))?;
        }
        let lacks = |known: &Parameter| known.required && inputs.iter().all(|given| given.name != known.name);
        if let Some(missing) = task.inputs().iter().find(|known| lacks(known)) {
            return Err(format!("the task `{name}` needs a parameter `{}`", missing.name));
        }
        output.accepts(task.output()).map_err(unlike)?;
        // A task that a component describes may fail with any details: whether they fit, is found out when it does.
        let Some(export) = task.export() else { return Ok(()) };
        if let Some(unknown) = self.unknown(&export.signature) {
            return Err(format!("the task `{name}` has another type: {unknown}"));
        }
        let given = match (error, &export.error) {
            (_, ErrorSchema::Never) | (ErrorSchema::Empty | ErrorSchema::Text, _) => return Ok(()),
            (ErrorSchema::Details(wanted), ErrorSchema::Details(given)) => {
                return wanted
                    .accepts(given)
                    .map_err(|why| format!("the error of the task `{name}` has another type: {why}"));
            }
            (ErrorSchema::Never, _) => {
                return Err(format!("the task `{name}` may fail, and the import has no error"));
            }
            (_, ErrorSchema::Empty) => "no value",
            (_, _) => "a text",
        };
        Err(format!("the error of the task `{name}` has another type: it is {given}"))
    }
}

/// A task, for people who have several to tell apart.
fn told(task: &Task) -> String {
    let place = task.export().map_or_else(|| task.qualified_name(), |export| export.place.told());
    format!("`{place}` of {}", task.component().origin.display())
}
