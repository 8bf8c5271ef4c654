//! What a task says of itself: its own `--help`, and `get task`.

use std::fmt::Write as _;

use flyte_host::component::{CachePolicy, Task, TaskPolicy};
use flyte_host::record::{Parameter, Schema, Shape};
use flyte_host::report::{printable, span};

use crate::args::RunArgs;

/// How many record types are spelled out.
const MOST_TYPES: usize = 24;

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
    text += &section("", &format!("Result: {}\nPolicy: {}", task.output().type_name(), policy(task.policy())));
    text += "`--inputs @FILE` gives all parameters at once; `flyte-host run --help` tells how values are written.";
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
    text += &format!("Policy: {}\n", policy(task.policy()));
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

fn flags(task: &Task) -> String {
    let mut text = String::new();
    for parameter in task.inputs().iter() {
        let no = match parameter.schema.shape() {
            Shape::Boolean => format!(", --no-{}", parameter.name),
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

/// The records that the parameters and the result are made of, each with its fields.
fn types(task: &Task) -> String {
    let mut found = Vec::new();
    let roots = task.inputs().iter().map(|parameter| &parameter.schema).chain([task.output()]);
    roots.for_each(|schema| collect(schema, &mut found));
    let mut text = String::new();
    for (name, schema) in found {
        let _ = writeln!(text, "  {name}");
        for property in schema.properties() {
            let default = match property.schema.default() {
                Some(default) => format!(" = {}", default.compact()),
                None if property.required => String::new(),
                None => " (optional)".to_owned(),
            };
            let _ = writeln!(text, "      {}: {}{default}", property.name, property.schema.type_name());
        }
    }
    text
}

fn collect(schema: &Schema, found: &mut Vec<(String, Schema)>) {
    if found.len() >= MOST_TYPES {
        return;
    }
    match schema.shape() {
        Shape::Record => {
            let name = schema.type_name();
            if found.iter().any(|(known, _)| *known == name) {
                return;
            }
            found.push((name, schema.clone()));
            for property in schema.properties() {
                collect(&property.schema, found);
            }
        }
        Shape::List(Some(inner)) | Shape::Map(Some(inner)) | Shape::Nullable(inner) => collect(&inner, found),
        Shape::Tuple(items) => items.iter().for_each(|item| collect(item, found)),
        Shape::Union { alternatives, .. } => alternatives.iter().for_each(|one| collect(one, found)),
        _ => {}
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
    parts.push(match &policy.cache {
        CachePolicy::Disable => "no cache".to_owned(),
        CachePolicy::Auto => "cache auto".to_owned(),
        CachePolicy::Override(version) => format!("cache version {version}"),
    });
    parts.join("; ")
}
