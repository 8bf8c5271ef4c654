//! Rights that a component declares in a section of its own, for toolchains that have no attribute to declare them with.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::component::{RightKind, RightSpec, TaskSpec};
use crate::record::{FieldPath, Schema, Step};
use crate::rights::CapabilityError;

/// The name of the custom section that holds a [`Manifest`].
pub const MANIFEST_SECTION: &str = "flyte:rights";

/// The largest manifest, in bytes.
const LARGEST: usize = 64 << 10;

/// What its rights may take in all tasks together, in bytes: those of every task are multiplied.
const MOST_IN_ALL: usize = 16 << 20;

/// What a right takes beside its argument, in bytes, about.
const RIGHT: usize = 64;

/// What a component declares beside what its tasks tell of themselves. By default nothing.
///
/// The section is a custom section of the component itself, named `flyte:rights`; it may be appended to a finished
/// component. It holds one JSON object of at most 64 KiB:
///
/// ```json
/// {
///   "rights": [{"read": "/models"}, {"env": "LOG_LEVEL", "optional": true}],
///   "tasks": {"fetch": [{"net": "api.example.com:443"}]}
/// }
/// ```
///
/// `rights` go to every task, those in `tasks` to the task of that name, bare or with its environment; both come on top
/// of what a task declares itself. A right has one of `read`, `write`, `env` and `net`, as in the contract's `capability`, and
/// may be `optional`. Anything else is an error, as is a name that no task has: a typing error must not pass for a
/// task without rights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    every_task: Vec<RightSpec>,
    tasks: BTreeMap<String, Vec<RightSpec>>,
}

/// Why a manifest can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// There are two.
    #[error("it is there twice")]
    Twice,
    /// It is larger than the host takes.
    #[error("it has {0} bytes, and may have {LARGEST}")]
    TooLarge(usize),
    /// It is no JSON, or has another form than a manifest. A line for each thing that is wrong.
    #[error("{0}")]
    Content(String),
    /// A right that is none or several.
    #[error("{at}: a right has one of `read`, `write`, `env` and `net`")]
    NotOne {
        /// Where in the manifest.
        at: FieldPath,
    },
    /// A right that no host can grant.
    #[error("{at}: {reason}")]
    Right {
        /// Where in the manifest.
        at: FieldPath,
        /// What is wrong with it.
        reason: CapabilityError,
    },
    /// It names a task that the component does not have.
    #[error("the component has no task `{0}`")]
    NoSuchTask(String),
    /// The rights of every task, times the tasks, are more than the host takes.
    #[error("its rights take more than {MOST_IN_ALL} bytes over all tasks")]
    TooMuch,
}

const SCHEMA: &str = r##"{
    "type": "object", "additionalProperties": false,
    "properties": {
        "rights": {"$ref": "#/$defs/rights"},
        "tasks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/rights"}}
    },
    "$defs": {
        "rights": {"type": "array", "items": {"$ref": "#/$defs/right"}},
        "right": {
            "type": "object", "additionalProperties": false,
            "properties": {
                "read": {"type": "string"}, "write": {"type": "string"}, "env": {"type": "string"},
                "net": {"type": "string"}, "optional": {"type": "boolean"}
            }
        }
    }
}"##;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    rights: Vec<Entry>,
    #[serde(default)]
    tasks: BTreeMap<String, Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    read: Option<String>,
    write: Option<String>,
    env: Option<String>,
    net: Option<String>,
    #[serde(default)]
    optional: bool,
}

impl Manifest {
    /// Reads the content of the section.
    ///
    /// # Errors
    /// The first thing about it that can't be used; of its form, all that is wrong.
    pub fn parse(content: &[u8]) -> Result<Self, ManifestError> {
        if content.len() > LARGEST {
            return Err(ManifestError::TooLarge(content.len()));
        }
        let text = std::str::from_utf8(content).map_err(wrong)?;
        // Errors with a path, and keys that are there twice; what is left for the reader is to take it over.
        Schema::compile(SCHEMA).map_err(wrong)?.check(text).map_err(wrong)?;
        let document: Document = serde_json::from_str(text).map_err(wrong)?;
        let field = |name: &str| Step::Field(name.to_owned());
        let tasks = document.tasks.into_iter().map(|(task, entries)| {
            let specs = specs(entries, &[field("tasks"), field(&task)])?;
            Ok((task, specs))
        });
        Ok(Self {
            every_task: specs(document.rights, &[field("rights")])?,
            tasks: tasks.collect::<Result<_, ManifestError>>()?,
        })
    }

    /// Adds its rights to those that the tasks declare themselves.
    ///
    /// # Errors
    /// [`ManifestError::NoSuchTask`], [`ManifestError::TooMuch`].
    pub(crate) fn complete(&self, tasks: &mut [TaskSpec]) -> Result<(), ManifestError> {
        let of_every_task: usize = self.every_task.iter().map(|right| right.argument.len() + RIGHT).sum();
        if of_every_task.saturating_mul(tasks.len()) > MOST_IN_ALL {
            return Err(ManifestError::TooMuch);
        }
        for (name, rights) in &self.tasks {
            let mut found = false;
            for task in tasks.iter_mut().filter(|task| is_named(task, name)) {
                task.rights.extend_from_slice(rights);
                found = true;
            }
            if !found {
                return Err(ManifestError::NoSuchTask(name.clone()));
            }
        }
        for task in tasks {
            task.rights.extend_from_slice(&self.every_task);
        }
        Ok(())
    }
}

fn wrong(error: impl ToString) -> ManifestError {
    ManifestError::Content(error.to_string())
}

fn is_named(task: &TaskSpec, name: &str) -> bool {
    let within = |environment: &String| name.strip_prefix(environment.as_str())?.strip_prefix('.');
    task.name == name || task.environment.as_ref().and_then(within) == Some(&task.name)
}

fn specs(entries: Vec<Entry>, place: &[Step]) -> Result<Vec<RightSpec>, ManifestError> {
    let spec = |(index, entry): (usize, Entry)| {
        let at = || place.iter().cloned().chain([Step::Index(index)]).collect();
        let Entry { read, write, env, net, optional } = entry;
        let kinds =
            [(RightKind::Read, read), (RightKind::Write, write), (RightKind::Env, env), (RightKind::Net, net)];
        let mut given = kinds.into_iter().filter_map(|(kind, argument)| Some((kind, argument?)));
        let (Some((kind, argument)), None) = (given.next(), given.next()) else {
            return Err(ManifestError::NotOne { at: at() });
        };
        let spec = RightSpec { kind, argument, optional };
        match spec.check() {
            Ok(_) => Ok(spec),
            Err(reason) => Err(ManifestError::Right { at: at(), reason }),
        }
    };
    entries.into_iter().enumerate().map(spec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::TaskPolicy;

    fn refusal(text: &str) -> String {
        Manifest::parse(text.as_bytes()).unwrap_err().to_string()
    }

    fn task(environment: Option<&str>, name: &str) -> TaskSpec {
        TaskSpec {
            name: name.to_owned(),
            environment: environment.map(str::to_owned),
            doc: String::new(),
            inputs: String::new(),
            output: String::new(),
            policy: TaskPolicy::default(),
            rights: Vec::new(),
        }
    }

    fn arguments(task: &TaskSpec) -> Vec<&str> {
        task.rights.iter().map(|right| right.argument.as_str()).collect()
    }

    #[test]
    fn rights_go_to_every_task_or_to_those_that_are_named() {
        let manifest = r#"{
            "rights": [{"read": "/data"}, {"env": "TOKEN", "optional": true}],
            "tasks": {"fetch": [{"net": "example.com"}], "b.store": [{"write": "/out"}]}
        }"#;
        let manifest = Manifest::parse(manifest.as_bytes()).unwrap();
        let mut tasks = [task(None, "fetch"), task(Some("a"), "store"), task(Some("b"), "store")];
        manifest.complete(&mut tasks).unwrap();
        assert_eq!(arguments(&tasks[0]), ["example.com", "/data", "TOKEN"]);
        assert_eq!(arguments(&tasks[1]), ["/data", "TOKEN"]);
        assert_eq!(arguments(&tasks[2]), ["/out", "/data", "TOKEN"]);
        assert!(tasks[0].rights[2].optional && !tasks[0].rights[1].optional);
    }

    #[test]
    fn an_empty_manifest_declares_nothing() {
        assert_eq!(Manifest::parse(b"{}").unwrap(), Manifest::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert!(refusal("{").contains("malformed JSON"));
        assert!(refusal("[]").contains("expected an object"), "{}", refusal("[]"));
        let unknown = refusal(r#"{"right": [], "tasks": {"a": [{"read": 7}, {"read": "/", "optionl": true}]}}"#);
        assert!(unknown.contains("right: unknown field; did you mean `rights`?"), "{unknown}");
        assert!(unknown.contains("tasks.a[0].read: expected a string, got 7"), "{unknown}");
        assert!(unknown.contains("tasks.a[1].optionl: unknown field"), "{unknown}");
        assert!(refusal(r#"{"rights": [], "rights": []}"#).contains("duplicate key `rights`"));
        assert!(refusal(r#"{"rights": [{"read": null}]}"#).contains("rights[0].read: expected a string"));
        assert_eq!(
            refusal(r#"{"rights": [{"read": "/"}, {"optional": true}]}"#),
            "rights[1]: a right has one of `read`, `write`, `env` and `net`"
        );
        assert!(refusal(r#"{"rights": [{"read": "/", "env": "A"}]}"#).starts_with("rights[0]: a right has one"));
        assert_eq!(
            refusal(r#"{"tasks": {"a": [{"read": "../etc"}]}}"#),
            "tasks.a[0]: `../etc` is no guest path: it starts with `/` and has no `..`"
        );
        assert!(Manifest::parse(b"{\"rights\": \xff}").is_err());
    }

    #[test]
    fn it_is_bounded() {
        let large = format!("{{{}}}", " ".repeat(LARGEST));
        assert_eq!(Manifest::parse(large.as_bytes()), Err(ManifestError::TooLarge(LARGEST + 2)));
        let many = vec![r#"{"env": "A"}"#; 256].join(",");
        let manifest = Manifest::parse(format!(r#"{{"rights": [{many}]}}"#).as_bytes()).unwrap();
        let mut tasks = vec![task(None, "a"); 2000];
        assert_eq!(manifest.complete(&mut tasks), Err(ManifestError::TooMuch));
    }

    #[test]
    fn a_task_that_is_not_there_is_an_error() {
        let manifest = Manifest::parse(br#"{"tasks": {"b.fetch": []}}"#).unwrap();
        let refused = manifest.complete(&mut [task(Some("a"), "fetch")]);
        assert_eq!(refused, Err(ManifestError::NoSuchTask("b.fetch".to_owned())));
    }
}
