//! `flyte-host get task COMPONENT [TASK]`.

use flyte_host::component::{CacheBehavior, Catalog, ReuseScope, Task, Unavailable};
use flyte_host::record::Json;
use flyte_host::report::{printable, printable_json};
use flyte_host::{Host, PoolSize};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::args::{GetTaskArgs, OutputFormat};
use crate::commands::load;
use crate::commands::rights::{self, DeclaredRight, TaskRights};
use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::interrupt::Interrupts;
use crate::printer::Printer;
use crate::task_help;

/// Prints the tasks, or one of them, for people or as JSON.
pub(crate) fn execute(args: &GetTaskArgs, printer: Printer) -> Result<(), Diagnosis> {
    let granted = args.grants.granted()?;
    if !args.rights && !granted.rights().is_empty() {
        return Err(Diagnosis::usage("nothing is run here, so nothing is granted").hint(GRANTS_HINT));
    }
    let interrupts = Interrupts::listen(printer)?;
    let runtime = load::runtime()?;
    let builder = Host::builder().pool(PoolSize { instances: DESCRIBED });
    let host = runtime.block_on(load::host(
        builder,
        &args.component,
        &args.with,
        &args.cache,
        &args.building,
        &interrupts,
        printer,
    ))?;
    let catalog = host.catalog();
    let Some(name) = &args.task else {
        let tasks = || catalog.tasks().map(|task| &**task);
        return match (args.rights, args.json) {
            (true, true) => json(&tasks().map(|task| TaskRights::of(task, &granted)).collect::<Vec<_>>(), printer),
            (true, false) => printer.data(&rights::page(catalog, &tasks().collect::<Vec<_>>(), &granted)),
            (false, true) => json(&tasks().map(described).collect::<Result<Vec<_>, _>>()?, printer),
            (false, false) => printer.data(&list(catalog)),
        };
    };
    let task = catalog.task(name).map_err(|error| {
        let hint = format!("`flyte-host get task {}` lists the tasks", args.component.display());
        Diagnosis::usage(error.to_string()).hint(hint)
    })?;
    match (args.rights, args.json) {
        (true, true) => json(&TaskRights::of(task, &granted), printer),
        (true, false) => printer.data(&rights::page(catalog, &[task], &granted)),
        (false, true) => json(&described(task)?, printer),
        (false, false) => printer.data(&printable(&task_help::description(task))),
    }
}

/// Each component describes itself in an instance, one after the other; one may take the room of many.
const DESCRIBED: u32 = 16;

const GRANTS_HINT: &str = "`--rights` shows what the tasks would get of it";

/// Each task's signature with its environment and summary under it.
fn list(catalog: &Catalog) -> String {
    let mut entries = Vec::new();
    for task in catalog.tasks() {
        let mut entry = task.signature();
        if let Some(environment) = task.environment() {
            entry += &format!("\n    environment: {environment}");
        }
        if !task.summary().is_empty() {
            entry += &format!("\n    {}", task.summary());
        }
        entries.push(printable(&entry).into_owned());
    }
    for Unavailable { name, reason, .. } in catalog.unavailable() {
        entries.push(printable(&format!("{name}: not available, {reason}")).into_owned());
    }
    if entries.is_empty() { "the component has no tasks".to_owned() } else { entries.join("\n") }
}

/// A task as `--json` shows it. Fields may be added, and don't change.
#[derive(Serialize)]
struct Described<'t> {
    name: &'t str,
    environment: Option<&'t str>,
    signature: String,
    doc: &'t str,
    component: String,
    policy: Policy<'t>,
    rights: Vec<DeclaredRight>,
    /// JSON Schema of an object with one property for each parameter.
    inputs: Box<RawValue>,
    /// JSON Schema of the result.
    output: Box<RawValue>,
}

/// Spans of time are in seconds.
#[derive(Serialize)]
struct Policy<'t> {
    retries: u32,
    retry_on: Vec<&'static str>,
    backoff: Backoff,
    max_runtime: Option<f64>,
    /// `disable`, `auto`, or `{"override": VERSION}`.
    cache: Cache,
    /// Parameters that the cache does not look at.
    cache_ignored_inputs: &'t [String],
    cache_serialize: bool,
    cache_max_age: Option<f64>,
    reuse: Option<Reuse>,
}

#[derive(Serialize)]
struct Backoff {
    initial: f64,
    factor: f64,
    cap: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Cache {
    Disable,
    Auto,
    Override(String),
}

#[derive(Serialize)]
struct Reuse {
    max_uses: u32,
    idle_ttl: f64,
    concurrency: u32,
    /// `run` or `global`.
    scope: &'static str,
}

fn described(task: &Task) -> Result<Described<'_>, Diagnosis> {
    let policy = task.policy();
    let causes = [("trap", policy.retry_on.trap), ("limit", policy.retry_on.limit)];
    Ok(Described {
        name: task.name(),
        environment: task.environment(),
        signature: task.signature(),
        doc: task.doc(),
        component: task.component().origin.display().to_string(),
        policy: Policy {
            retries: policy.retries,
            retry_on: causes.into_iter().filter_map(|(name, retried)| retried.then_some(name)).collect(),
            backoff: Backoff {
                initial: policy.backoff.initial.as_secs_f64(),
                factor: policy.backoff.factor,
                cap: policy.backoff.cap.map(|cap| cap.as_secs_f64()),
            },
            max_runtime: policy.max_runtime.map(|span| span.as_secs_f64()),
            cache: match &policy.cache.behavior {
                CacheBehavior::Disable => Cache::Disable,
                CacheBehavior::Auto => Cache::Auto,
                CacheBehavior::Override(version) => Cache::Override(version.clone()),
            },
            cache_ignored_inputs: &policy.cache.ignored_inputs,
            cache_serialize: policy.cache.serialize,
            cache_max_age: policy.cache.max_age.map(|age| age.as_secs_f64()),
            reuse: policy.reuse.map(|reuse| Reuse {
                max_uses: reuse.max_uses,
                idle_ttl: reuse.idle_ttl.as_secs_f64(),
                concurrency: reuse.concurrency,
                scope: match reuse.scope {
                    ReuseScope::Run => "run",
                    ReuseScope::Global => "global",
                },
            }),
        },
        rights: task.rights().iter().map(DeclaredRight::from).collect(),
        inputs: raw(task.inputs().schema().text())?,
        output: raw(task.output().text())?,
    })
}

fn raw(schema: &str) -> Result<Box<RawValue>, Diagnosis> {
    RawValue::from_string(schema.to_owned()).map_err(unwritable)
}

fn json(value: &impl Serialize, printer: Printer) -> Result<(), Diagnosis> {
    let text = serde_json::to_string(value).map_err(unwritable)?;
    match Json::parse(text.clone()) {
        Ok(json) => printer.json(&json, OutputFormat::Json),
        // Schemas may nest deeper than values do.
        Err(_) => printer.data(&printable_json(&text)),
    }
}

fn unwritable(error: serde_json::Error) -> Diagnosis {
    Diagnosis::new(Exit::HostFault, "cannot write the description as JSON").cause(error)
}
