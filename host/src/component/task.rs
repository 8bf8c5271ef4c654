//! A task as its component describes it, and as the host knows it once the description is checked.

use std::path::PathBuf;
use std::sync::Arc;

use crate::component::typed::{Export, Interface, Place, Schemas, Signature};
use crate::component::{CacheBehavior, CachePolicy, TaskPolicy};
use crate::record::{Parameters, Schema, SchemaError};
use crate::rights::{Capability, CapabilityError, Right};

/// Which of the loaded components a task belongs to: an index in order of loading. The default is the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComponentId(pub(crate) usize);

/// A loaded component.
#[derive(Debug)]
pub struct ComponentInfo {
    /// Its place among the loaded components.
    pub id: ComponentId,
    /// Where it was read from, as the caller named it.
    pub origin: PathBuf,
    /// SHA-256 of the component's bytes.
    pub digest: [u8; 32],
    /// Functions of its own that can't be tasks. Empty for a component that describes its tasks.
    pub unavailable: Vec<Unavailable>,
}

/// A function that a component exports and that can't be a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The name the task would have, with its environment.
    pub name: String,
    /// Why, for a person; reads on after "it can't be a task: ".
    pub reason: String,
    pub(crate) place: Place,
}

/// What a component says of one of its tasks, before anything of it is checked.
#[derive(Debug, Clone)]
pub struct TaskSpec {
    /// The task's name.
    pub name: String,
    /// The task environment it belongs to.
    pub environment: Option<String>,
    /// Documentation, as Markdown.
    pub doc: String,
    /// JSON Schema of the inputs: an object with one property a parameter.
    pub inputs: String,
    /// JSON Schema of the result.
    pub output: String,
    /// How to run it.
    pub policy: TaskPolicy,
    /// What it may use outside its sandbox, at most.
    pub rights: Vec<RightSpec>,
}

/// A right as a component declares it, before anything of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightSpec {
    /// Of which kind it is.
    pub kind: RightKind,
    /// The directory, the variable's name or the network target.
    pub argument: String,
    /// Whether the task copes without.
    pub optional: bool,
}

/// The kinds of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "see `Capability`")]
pub enum RightKind {
    Read,
    Write,
    Env,
    Net,
}

impl RightSpec {
    pub(super) fn check(&self) -> Result<Right, CapabilityError> {
        let capability = match self.kind {
            RightKind::Read => Capability::read(&self.argument),
            RightKind::Write => Capability::write(&self.argument),
            RightKind::Env => Capability::env(&self.argument),
            RightKind::Net => Capability::net(&self.argument),
        };
        Ok(Right { capability: capability?, optional: self.optional })
    }
}

/// A named, typed function of a loaded component.
#[derive(Debug)]
pub struct Task {
    name: Arc<str>,
    environment: Option<String>,
    doc: String,
    inputs: Parameters,
    output: Schema,
    policy: TaskPolicy,
    rights: Vec<Right>,
    component: Arc<ComponentInfo>,
    /// What of a typed component it is; `None` where its component describes it.
    export: Option<Export>,
}

/// Why a component's description of a task can't be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSpec {
    /// The task's or the environment's name has other characters than it may.
    #[error("`{0}` is no name: a letter or `_`, then letters, digits, `_` (and `-` in an environment's)")]
    Name(String),
    /// The schema of the inputs can't be used.
    #[error("the schema of the inputs: {0}")]
    Inputs(#[source] SchemaError),
    /// The schema of the result can't be used.
    #[error("the schema of the result: {0}")]
    Output(#[source] SchemaError),
    /// The backoff's factor is not a finite number of at least 1.
    #[error("the backoff's factor is {0}; it must be a finite number, at least 1")]
    Factor(f64),
    /// A reuse policy by which an instance could not run anything.
    #[error("its reuse policy: `{0}` is 0; it must be at least 1")]
    Reuse(&'static str),
    /// A right that no host can grant.
    #[error("its rights: {0}")]
    Right(#[source] CapabilityError),
    /// It is larger than the host takes.
    #[error("it is too large: {what} has {size} bytes, and may have {most}")]
    TooLarge {
        /// Which part of it.
        what: &'static str,
        /// What the part takes.
        size: usize,
        /// What it may take.
        most: usize,
    },
    /// Its cache policy names more parameters than the host takes.
    #[error("its cache policy ignores {0} parameters, and may ignore {MOST_IGNORED}")]
    TooManyIgnored(usize),
    /// Its cache policy names a parameter that it does not have.
    #[error("its cache policy ignores `{0}`, which is no parameter of it")]
    UnknownIgnored(String),
    /// It declares more rights than the host takes.
    #[error("it declares {0} rights, and may declare {MOST_RIGHTS}")]
    TooManyRights(usize),
}

/// The longest name of a task or an environment, in bytes.
const LONGEST_NAME: usize = 128;
/// The longest documentation of a task, in bytes.
const LONGEST_DOC: usize = 64 << 10;
/// The longest version in a task's cache policy, in bytes.
const LONGEST_VERSION: usize = 1 << 10;
/// The most parameters that a task's cache policy may ignore.
const MOST_IGNORED: usize = 256;
/// The most rights a task may declare.
const MOST_RIGHTS: usize = 256;

impl TaskSpec {
    /// Checks all but the schemas; gives the rights.
    ///
    /// # Errors
    /// The first thing that can't be used.
    fn check(&self) -> Result<Vec<Right>, InvalidSpec> {
        for (name, dashes) in [(Some(&self.name), false), (self.environment.as_ref(), true)] {
            let Some(name) = name else { continue };
            bounded("a name", name, LONGEST_NAME)?;
            if !is_name(name, dashes) {
                return Err(InvalidSpec::Name(name.clone()));
            }
        }
        bounded("its documentation", &self.doc, LONGEST_DOC)?;
        let CachePolicy { behavior, ignored_inputs, .. } = &self.policy.cache;
        if let CacheBehavior::Override(version) = behavior {
            bounded("the version of its cache policy", version, LONGEST_VERSION)?;
        }
        if ignored_inputs.len() > MOST_IGNORED {
            return Err(InvalidSpec::TooManyIgnored(ignored_inputs.len()));
        }
        for name in ignored_inputs {
            bounded("a parameter's name in its cache policy", name, LONGEST_NAME)?;
        }
        if self.rights.len() > MOST_RIGHTS {
            return Err(InvalidSpec::TooManyRights(self.rights.len()));
        }
        let rights = distinct(&self.rights).map_err(InvalidSpec::Right)?;
        let factor = self.policy.backoff.factor;
        if !(factor.is_finite() && factor >= 1.0) {
            return Err(InvalidSpec::Factor(factor));
        }
        if let Some(reuse) = self.policy.reuse {
            let zero = [("max-uses", reuse.max_uses), ("concurrency", reuse.concurrency)];
            if let Some((name, _)) = zero.into_iter().find(|(_, number)| *number == 0) {
                return Err(InvalidSpec::Reuse(name));
            }
        }
        Ok(rights)
    }
}

impl Task {
    /// Checks a description and compiles its schemas.
    ///
    /// # Errors
    /// The first thing about the description that can't be used.
    pub fn new(spec: TaskSpec, component: Arc<ComponentInfo>) -> Result<Self, InvalidSpec> {
        let rights = spec.check()?;
        let inputs = Parameters::compile(&spec.inputs).map_err(InvalidSpec::Inputs)?;
        let output = Schema::compile(&spec.output).map_err(InvalidSpec::Output)?;
        Self::of(spec, rights, (inputs, output), component)
    }

    /// A function of a typed component, whose schemas are compiled.
    ///
    /// # Errors
    /// As for [`Task::new`].
    pub(crate) fn typed(
        spec: TaskSpec,
        schemas: Schemas,
        (place, signature): (Place, Arc<Signature>),
        component: Arc<ComponentInfo>,
    ) -> Result<Self, InvalidSpec> {
        let rights = spec.check()?;
        let Schemas { inputs, output, error } = schemas;
        let export = Some(Export { place, signature, error });
        Ok(Self { export, ..Self::of(spec, rights, (inputs, output), component)? })
    }

    fn of(
        spec: TaskSpec,
        rights: Vec<Right>,
        (inputs, output): (Parameters, Schema),
        component: Arc<ComponentInfo>,
    ) -> Result<Self, InvalidSpec> {
        let TaskSpec { name, environment, doc, policy, .. } = spec;
        if let Some(unknown) = policy.cache.ignored_inputs.iter().find(|ignored| !inputs.has(ignored)) {
            return Err(InvalidSpec::UnknownIgnored(unknown.clone()));
        }
        Ok(Self { name: name.into(), environment, doc, inputs, output, policy, rights, component, export: None })
    }

    /// The task's name, without its environment.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name, shared.
    pub(crate) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The task environment it belongs to.
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// `environment.name`, or just the name where there is no environment.
    pub fn qualified_name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("{environment}.{}", self.name),
            None => self.name.to_string(),
        }
    }

    /// Documentation, as Markdown; empty where there is none.
    pub fn doc(&self) -> &str {
        &self.doc
    }

    /// The documentation's first line.
    pub fn summary(&self) -> &str {
        self.doc.lines().next().unwrap_or_default().trim()
    }

    /// The parameters, in the order in which the task declares them.
    pub fn inputs(&self) -> &Parameters {
        &self.inputs
    }

    /// The schema of the result.
    pub fn output(&self) -> &Schema {
        &self.output
    }

    /// How to run it.
    pub fn policy(&self) -> &TaskPolicy {
        &self.policy
    }

    /// What it may use outside its sandbox, at most.
    pub fn rights(&self) -> &[Right] {
        &self.rights
    }

    /// The component it is part of.
    pub fn component(&self) -> &Arc<ComponentInfo> {
        &self.component
    }

    /// What of a typed component it is; `None` where its component describes it.
    pub(crate) fn export(&self) -> Option<&Export> {
        self.export.as_ref()
    }

    /// The interface of a typed component that it is a function of.
    pub(crate) fn interface(&self) -> Option<&Interface> {
        self.export.as_ref()?.place.interface.as_ref()
    }

    /// Puts it into another environment.
    pub(crate) fn be_in(&mut self, environment: String) {
        self.environment = Some(environment);
    }

    /// `name(parameter: type, …) -> type`, for people. A parameter with a default shows it.
    pub fn signature(&self) -> String {
        let parameters: Vec<String> = self
            .inputs
            .iter()
            .map(|p| {
                let default = match &p.default {
                    Some(default) => format!(" = {}", default.compact()),
                    None if p.required => String::new(),
                    None => " = …".to_owned(),
                };
                format!("{}: {}{default}", p.name, p.schema.type_name())
            })
            .collect();
        format!("{}({}) -> {}", self.name, parameters.join(", "), self.output.type_name())
    }
}

/// Each right once; one that is declared as needed and as optional is needed.
fn distinct(specs: &[RightSpec]) -> Result<Vec<Right>, CapabilityError> {
    let mut rights: Vec<Right> = Vec::new();
    for spec in specs {
        let right = spec.check()?;
        match rights.iter_mut().find(|known| known.capability == right.capability) {
            Some(known) => known.optional &= right.optional,
            None => rights.push(right),
        }
    }
    Ok(rights)
}

fn bounded(what: &'static str, text: &str, most: usize) -> Result<(), InvalidSpec> {
    if text.len() > most { Err(InvalidSpec::TooLarge { what, size: text.len(), most }) } else { Ok(()) }
}

fn is_name(text: &str, dashes: bool) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || (dashes && c == '-'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::component::{ReusePolicy, ReuseScope};

    fn task(policy: TaskPolicy) -> Result<Task, InvalidSpec> {
        let spec = TaskSpec {
            name: "task".to_owned(),
            environment: None,
            doc: String::new(),
            inputs: r#"{"type":"object","properties":{"some_day":{}},"additionalProperties":false}"#.to_owned(),
            output: "true".to_owned(),
            policy,
            rights: Vec::new(),
        };
        let component =
            ComponentInfo { id: ComponentId(0), origin: PathBuf::new(), digest: [0; 32], unavailable: Vec::new() };
        Task::new(spec, Arc::new(component))
    }

    fn reusable(max_uses: u32, concurrency: u32) -> Result<Task, InvalidSpec> {
        let reuse = ReusePolicy { max_uses, idle_ttl: Duration::ZERO, concurrency, scope: ReuseScope::Run };
        task(TaskPolicy { reuse: Some(reuse), ..TaskPolicy::default() })
    }

    #[test]
    fn what_a_cache_ignores_are_parameters_and_not_too_many() {
        let ignoring = |ignored: &[&str]| {
            let ignored_inputs = ignored.iter().map(|name| (*name).to_owned()).collect();
            let cache = CachePolicy { ignored_inputs, ..CachePolicy::default() };
            task(TaskPolicy { cache, ..TaskPolicy::default() }).map_err(|error| error.to_string())
        };
        assert!(ignoring(&["some_day"]).is_ok());
        let long = "x".repeat(LONGEST_NAME + 1);
        for (ignored, expected) in [
            (&["some_day", "some-day"][..], "ignores `some-day`, which is no parameter"),
            (&["some_day"; MOST_IGNORED + 1], "ignores 257 parameters, and may ignore 256"),
            (&[&long], "a parameter's name in its cache policy has 129 bytes"),
        ] {
            let error = ignoring(ignored).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn an_instance_that_is_used_again_runs_at_least_one_action() {
        assert!(reusable(1, 1).is_ok());
        for (max_uses, concurrency, expected) in [(0, 1, "`max-uses` is 0"), (1, 0, "`concurrency` is 0")] {
            let error = reusable(max_uses, concurrency).expect_err("a policy by which nothing runs");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
