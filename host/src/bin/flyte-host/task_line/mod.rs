//! The task line: `TASK [--PARAM VALUE]… [then TASK [--PARAM VALUE]…]…`, read against the tasks' schemas.
//!
//! Where a step ends depends on the types of its flags (a boolean one takes no value, any other takes whatever
//! follows, also the word `then`), so the line is read from left to right with the catalog at hand.

mod feed;
mod flags;
mod place;
mod tokens;

pub(crate) use tokens::host_option;

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use flyte_host::component::{Catalog, Task, UnknownTask};
use flyte_host::record::Json;
use flyte_host::report::visible;

use crate::diagnosis::Diagnosis;
use crate::task_line::tokens::Tokens;
use crate::value::Values;

/// What a task line asks for.
#[derive(Debug)]
pub(crate) enum TaskLine {
    /// To show a task's own help.
    Help(Arc<Task>),
    /// To run tasks, each fed by the one before.
    Steps(Vec<Step>),
}

/// One task of a chain with its inputs, checked as far as they are known.
#[derive(Debug)]
pub(crate) struct Step {
    pub task: Arc<Task>,
    inputs: flyte_host::record::Draft,
    /// The parameter that takes the output of the step before; none in the first step.
    pub feed: Option<String>,
}

impl Step {
    /// The inputs, with the output of the step before in its place.
    pub(crate) fn inputs(mut self, output: Option<Json>) -> Result<Json, Diagnosis> {
        if let (Some(parameter), Some(output)) = (&self.feed, output) {
            self.inputs
                .set(parameter, output)
                .map_err(|error| Diagnosis::usage(format!("cannot feed `{}`: {error}", self.task.name())))?;
        }
        Ok(self.inputs.finish())
    }
}

/// Reads the whole line. Files and standard input that it names are read too. The first step has the `earlier` inputs where
/// it is given no others.
///
/// # Errors
/// The first step in which something is wrong, with everything that is wrong in it.
pub(crate) fn read(
    catalog: &Catalog,
    component: &Path,
    line: &[OsString],
    earlier: Option<&Json>,
    values: &mut Values,
) -> Result<TaskLine, Diagnosis> {
    let mut tokens = Tokens::new(line)?;
    // Whoever asks for help has hardly written the rest of the line yet.
    if let Some(task) = helped(catalog, component, tokens.clone()) {
        return Ok(TaskLine::Help(task));
    }
    let mut steps: Vec<Step> = Vec::new();
    loop {
        let task = task(catalog, component, &mut tokens, steps.is_empty())?;
        let flags = flags::Flags { task: &task, component, first: steps.is_empty() };
        let Some(mut given) = flags.read(&mut tokens, values)? else {
            return Ok(TaskLine::Help(task));
        };
        if let Some(earlier) = earlier.filter(|_| steps.is_empty()) {
            given.start_from(earlier);
        }
        let feed = match steps.last() {
            None => None,
            Some(before) => Some(feed::parameter(&before.task, &task, &given)?),
        };
        flags.check(&given, feed.as_deref())?;
        steps.push(Step { task, inputs: given.draft, feed });
        if tokens.is_empty() {
            return Ok(TaskLine::Steps(steps));
        }
    }
}

/// The task whose help some step asks for, whatever else is wrong with the line; no value is read for it.
fn helped(catalog: &Catalog, component: &Path, mut tokens: Tokens<'_>) -> Option<Arc<Task>> {
    let mut values = Values::unread();
    let mut first = true;
    while !tokens.is_empty() {
        let task = task(catalog, component, &mut tokens, first).ok()?;
        let flags = flags::Flags { task: &task, component, first };
        if flags.read(&mut tokens, &mut values).ok()?.is_none() {
            return Some(task);
        }
        first = false;
    }
    None
}

fn task(catalog: &Catalog, component: &Path, tokens: &mut Tokens<'_>, first: bool) -> Result<Arc<Task>, Diagnosis> {
    let all = || all_tasks(component);
    let Some(name) = tokens.next() else {
        let what = if first { "which task is to run?" } else { "`then` is followed by no task" };
        let hint = format!("`flyte-host run {} TASK --help` shows a task's own flags", component.display());
        return Err(list_tasks(Diagnosis::usage(what), catalog).hint(hint));
    };
    if name.starts_with('-') {
        let diagnosis = Diagnosis::usage(format!("a task's name is expected, and `{name}` looks like a flag"));
        return Err(match host_option(name) {
            Some(option) => {
                diagnosis.hint(format!("did you mean the option `{option}`? options go before all other arguments"))
            }
            None => diagnosis.hint(all()),
        });
    }
    known(catalog, component, name)
}

/// The task of this name.
pub(crate) fn known(catalog: &Catalog, component: &Path, name: &str) -> Result<Arc<Task>, Diagnosis> {
    let all = || all_tasks(component);
    catalog.task(name).or_else(|error| catalog.task(&snake_case(name)).map_err(|_| error)).map(Arc::clone).map_err(
        |error| {
            let diagnosis = Diagnosis::usage(visible(&error.to_string())).hint(all());
            match error {
                UnknownTask::None { .. } if component.is_dir() => {
                    diagnosis.hint("a crate's tasks are those that its `flyte_guest::export!(tasks = […]);` lists")
                }
                _ => diagnosis,
            }
        },
    )
}

fn all_tasks(component: &Path) -> String {
    format!("`flyte-host get task {}` lists the tasks", component.display())
}

/// The name with the task's own part in the spelling that tasks have; environments may have dashes.
fn snake_case(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((environment, task)) => format!("{environment}.{}", task.replace('-', "_")),
        None => name.replace('-', "_"),
    }
}

/// Adds the catalog's tasks, one a line.
fn list_tasks(diagnosis: Diagnosis, catalog: &Catalog) -> Diagnosis {
    const SHOWN: usize = 20;
    let name = |task: &Arc<Task>| catalog.short_name(task);
    let width = catalog.tasks().take(SHOWN).map(|task| name(task).len()).max().unwrap_or_default();
    let lines = catalog
        .tasks()
        .take(SHOWN)
        .map(|task| format!("  {:width$}  {}", name(task), task.summary()).trim_end().to_owned());
    let diagnosis = diagnosis.line("the tasks are:").lines(lines);
    match catalog.tasks().len().saturating_sub(SHOWN) {
        0 => diagnosis,
        more => diagnosis.line(format!("  and {more} more")),
    }
}

#[cfg(test)]
mod tests;
