//! What a task says of itself: its own `--help`, and `get task`.

use std::fmt::Write as _;

use flyte_host::component::{CacheBehavior, CachePolicy, ReusePolicy, ReuseScope, Task, TaskPolicy};
use flyte_host::record::{Parameter, Property, Schema, Shape};
use flyte_host::report::{printable, span};

use crate::args::RunArgs;
use crate::commands::rights::declared;

/// How many types are spelled out.
const MOST_TYPES: usize = 24;
/// How many places of a task's schemas are looked at for them.
const MOST_VISITS: usize = 1000;
/// How deep records without names are spelled out in one line.
const DEEPEST_IN_LINE: usize = 2;

/// The help of `flyte-host run COMPONENT TASK`.
pub(crate) fn of(task: &Task, name: &str, args: &RunArgs) -> String {
    let mut usage = format!("flyte-host run {} {name}", args.component.display());
    for parameter in task.inputs().iter() {
        let flag = flag(parameter);
        let _ = if parameter.required { write!(usage, " {flag}") } else { write!(usage, " [{flag}]") };
    }
    let mut text = section("", task.doc());
    text += &format!("Usage: {usage} [then TASK ...]\n\n");
    text += &section("Flags:", &flags(task));
    text += &section("Types:", &types(task));
    let result =
        format!("Result: {}\nPolicy: {}\n{}", task.output().type_name(), policy(task.policy()), rights(task));
    text += &section("", &result);
    if !is_parameter(task, "inputs") {
        text += "`--inputs @FILE` gives all parameters at once; ";
    }
    text += "`flyte-host run --help` tells how values are written.";
    printable(&text).into_owned()
}

/// The page of `flyte-host get task COMPONENT TASK`.
pub(crate) fn description(task: &Task) -> String {
    let mut text = format!("{}\n\n", task.signature());
    text += &section("", task.doc());
    text += &section("Parameters:", &flags(task));
    text += &section("Types:", &types(task));
    if let Some(environment) = task.environment() {
        text += &format!("Environment: {environment}\n");
    }
    text += &format!("Policy: {}\n{}", policy(task.policy()), rights(task));
    text += &format!("Component: {}", task.component().origin.display());
    text
}

fn section(title: &str, content: &str) -> String {
    let content = content.trim_end();
    match (title, content) {
        (_, "") => String::new(),
        ("", content) => format!("{content}\n\n"),
        _ => format!("{title}\n{content}\n\n"),
    }
}

fn flag(parameter: &Parameter) -> String {
    match parameter.schema.shape() {
        Shape::Boolean => format!("--{}", parameter.name),
        _ => format!("--{} <{}>", parameter.name, parameter.schema.type_name()),
    }
}

/// Whether a flag of this name is a parameter's own.
fn is_parameter(task: &Task, flag: &str) -> bool {
    task.inputs().get(flag).is_some()
}

fn flags(task: &Task) -> String {
    let mut text = String::new();
    for parameter in task.inputs().iter() {
        let no = match parameter.schema.shape() {
            Shape::Boolean if !is_parameter(task, &format!("no-{}", parameter.name)) => {
                format!(", --no-{}", parameter.name)
            }
            _ => String::new(),
        };
        let default = match &parameter.default {
            Some(default) => format!("[default: {}]", default.compact()),
            None if parameter.required => "(required)".to_owned(),
            None => "(optional)".to_owned(),
        };
        let _ = writeln!(text, "  {}{no}  {default}", flag(parameter));
        let doc = parameter.description.as_deref().or_else(|| parameter.schema.description()).unwrap_or_default();
        for line in doc.lines() {
            let _ = writeln!(text, "{}", format!("      {line}").trim_end());
        }
    }
    text
}

/// The records and enums that the parameters and the result are made of, each with what is in it.
fn types(task: &Task) -> String {
    let mut types = Types { found: Vec::new(), visits_left: MOST_VISITS };
    task.inputs().iter().for_each(|parameter| types.visit(&parameter.schema));
    types.visit(task.output());
    let mut text = String::new();
    for (name, lines) in types.found {
        let _ = writeln!(text, "  {name}");
        for line in lines {
            let _ = writeln!(text, "      {line}");
        }
    }
    text
}

/// Named types in the order in which a walk meets them.
struct Types {
    found: Vec<(String, Vec<String>)>,
    /// Schemas refer to themselves, and not all of them have names to be recognised by.
    visits_left: usize,
}

impl Types {
    fn visit(&mut self, schema: &Schema) {
        if self.visits_left == 0 {
            return;
        }
        self.visits_left -= 1;
        match schema.shape() {
            Shape::Record => {
                let properties = schema.properties();
                let lines = || properties.iter().map(|property| member(property, 0)).collect();
                if schema.name().is_none() || self.add(schema, lines) {
                    properties.iter().for_each(|property| self.visit(&property.schema));
                }
            }
            Shape::Union { names, alternatives } => {
                let data: Vec<Schema> = alternatives.into_iter().filter(|one| !is_name(one)).collect();
                let lines = || names.iter().cloned().chain(data.iter().map(|one| in_line(one, 0))).collect();
                if self.add(schema, lines) {
                    data.iter().flat_map(Schema::properties).for_each(|property| self.visit(&property.schema));
                }
            }
            Shape::List(Some(inner)) | Shape::Map(Some(inner)) | Shape::Nullable(inner) => self.visit(&inner),
            Shape::Tuple(items) => items.iter().for_each(|item| self.visit(item)),
            _ => {}
        }
    }

    /// Adds a type that is not known yet and has room; tells whether it did.
    fn add(&mut self, schema: &Schema, lines: impl Fn() -> Vec<String>) -> bool {
        let name = schema.type_name();
        let is_new = self.found.len() < MOST_TYPES && !self.found.iter().any(|(known, _)| *known == name);
        if is_new {
            self.found.push((name, lines()));
        }
        is_new
    }
}

fn is_name(schema: &Schema) -> bool {
    matches!(schema.shape(), Shape::Names(_))
}

fn member(property: &Property, depth: usize) -> String {
    let default = match property.schema.default() {
        Some(default) => format!(" = {}", default.compact()),
        None if property.required => String::new(),
        None => " (optional)".to_owned(),
    };
    format!("{}: {}{default}", property.name, in_line(&property.schema, depth))
}

/// A type in a line: by its name or, for a record that has none, by its fields: `{ Circle: number }`.
fn in_line(schema: &Schema, depth: usize) -> String {
    match schema.shape() {
        Shape::Record if schema.name().is_none() && depth < DEEPEST_IN_LINE => {
            let members: Vec<String> = schema.properties().iter().map(|inner| member(inner, depth + 1)).collect();
            format!("{{ {} }}", members.join(", "))
        }
        _ => schema.type_name(),
    }
}

/// A line with the rights the task declares, where it declares any.
fn rights(task: &Task) -> String {
    match task.rights() {
        [] => String::new(),
        rights => format!("Rights: {}\n", rights.iter().map(declared).collect::<Vec<_>>().join(", ")),
    }
}

fn policy(policy: &TaskPolicy) -> String {
    let mut parts = vec![match policy.retries {
        0 => "no retries".to_owned(),
        1 => "1 retry".to_owned(),
        retries => format!("{retries} retries"),
    }];
    if policy.retries > 0 {
        if !policy.backoff.initial.is_zero() {
            let cap = policy.backoff.cap.map(|cap| format!(", at most {}", span(cap))).unwrap_or_default();
            parts.push(format!("backoff {} × {}{cap}", span(policy.backoff.initial), policy.backoff.factor));
        }
        for (what, retried) in [("traps", policy.retry_on.trap), ("limits", policy.retry_on.limit)] {
            if retried {
                parts.push(format!("{what} are retried too"));
            }
        }
    }
    parts.push(match policy.max_runtime {
        Some(time) => format!("max_runtime {}", span(time)),
        None => "no max_runtime".to_owned(),
    });
    parts.push(cache(&policy.cache));
    parts.extend(policy.reuse.as_ref().map(reuse));
    parts.join("; ")
}

fn cache(policy: &CachePolicy) -> String {
    let CachePolicy { behavior, ignored_inputs, serialize, max_age } = policy;
    let mut text = match behavior {
        CacheBehavior::Disable => return "no cache".to_owned(),
        CacheBehavior::Auto => "cache auto".to_owned(),
        CacheBehavior::Override(version) => format!("cache version {version}"),
    };
    if !ignored_inputs.is_empty() {
        text += &format!(", ignoring {}", ignored_inputs.join(" and "));
    }
    if *serialize {
        text += ", one at a time";
    }
    if let Some(age) = max_age {
        text += &format!(", for {}", span(*age));
    }
    text
}

fn reuse(policy: &ReusePolicy) -> String {
    let ReusePolicy { max_uses, idle_ttl, concurrency, scope } = policy;
    let scope = match scope {
        ReuseScope::Run => "within a run",
        ReuseScope::Global => "across runs",
    };
    format!("reusable {scope}, max_uses {max_uses}, idle_ttl {}, concurrency {concurrency}", span(*idle_ttl))
}
