//! `flyte-host get task COMPONENT [TASK] --rights`: what tasks would get of the rights they declare, and why.

use std::fmt::Write as _;

use flyte_host::component::{Catalog, Task};
use flyte_host::report::printable;
use flyte_host::rights::{ActionRights, Capability, Explained, Granted, Right};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::grants;

/// The page for people: each task with a line for each right it declares.
pub(super) fn page(catalog: &Catalog, tasks: &[&Task], granted: &Granted) -> String {
    let mut text = String::new();
    for task in tasks {
        let _ = writeln!(text, "{}", catalog.short_name(task));
        text += &of_task(&ActionRights::of_root(granted.clone(), task.rights()));
    }
    if tasks.is_empty() {
        text += "the component has no tasks";
    }
    printable(text.trim_end()).into_owned()
}

fn of_task(rights: &ActionRights) -> String {
    let explained = rights.explain();
    if explained.is_empty() {
        return "  declares no rights\n".to_owned();
    }
    let names: Vec<String> = explained.iter().map(|one| declared(&one.declared)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, one) in names.iter().zip(&explained) {
        let _ = writeln!(text, "  {name:width$}  {}", becomes(one));
    }
    if let Some(denial) = rights.missing() {
        let _ = writeln!(text, "  would not start: it needs {}", denial.capability);
    }
    text
}

/// A right as it is declared: `env DEBUG (optional)`.
pub(crate) fn declared(right: &Right) -> String {
    format!("{}{}", right.capability, if right.optional { " (optional)" } else { "" })
}

/// What the task gets of a right; where that is not what it needs, who withholds it and what would grant it.
fn becomes(one: &Explained) -> String {
    let capability = &one.declared.capability;
    let gets = match &one.effective[..] {
        [] => "nothing".to_owned(),
        some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let Some(withheld) = &one.withheld else { return format!("gets {gets}") };
    // Of the right to write, the right to read may be left.
    let lacks = if one.effective.is_empty() { String::new() } else { format!(", not {capability}") };
    format!("gets {gets}{lacks}: {withheld}; `{}` grants it", grants::option(capability))
}

/// A task's rights as `--rights --json` shows them. Fields may be added, and don't change.
#[derive(Serialize)]
pub(super) struct TaskRights<'t> {
    name: &'t str,
    environment: Option<&'t str>,
    /// Whether it has what it cannot do without.
    would_start: bool,
    rights: Vec<ExplainedRight>,
}

#[derive(Serialize)]
struct ExplainedRight {
    #[serde(flatten)]
    declared: DeclaredRight,
    /// What it gets, each as `{"read": "/data"}`.
    gets: Vec<Value>,
    /// Who withholds it, where it lacks what it declares.
    withheld: Option<String>,
    /// The option that would grant it then.
    granted_by: Option<String>,
}

/// A declared right, as a component's manifest has it: `{"env": "DEBUG", "optional": true}`.
#[derive(Serialize)]
pub(super) struct DeclaredRight {
    #[serde(flatten)]
    capability: Map<String, Value>,
    optional: bool,
}

impl From<&Right> for DeclaredRight {
    fn from(right: &Right) -> Self {
        Self { capability: named(&right.capability), optional: right.optional }
    }
}

impl<'t> TaskRights<'t> {
    pub(super) fn of(task: &'t Task, granted: &Granted) -> Self {
        let rights = ActionRights::of_root(granted.clone(), task.rights());
        Self {
            name: task.name(),
            environment: task.environment(),
            would_start: rights.missing().is_none(),
            rights: rights.explain().iter().map(ExplainedRight::from).collect(),
        }
    }
}

impl From<&Explained> for ExplainedRight {
    fn from(one: &Explained) -> Self {
        Self {
            declared: DeclaredRight::from(&one.declared),
            gets: one.effective.iter().map(|capability| Value::Object(named(capability))).collect(),
            withheld: one.withheld.as_ref().map(ToString::to_string),
            granted_by: one.withheld.as_ref().map(|_| grants::option(&one.declared.capability)),
        }
    }
}

fn named(capability: &Capability) -> Map<String, Value> {
    Map::from_iter([(capability.kind().to_owned(), capability.argument().into())])
}
