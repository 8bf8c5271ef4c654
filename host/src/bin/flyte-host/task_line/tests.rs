//! Task lines against a catalog that nothing was loaded for.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use flyte_host::component::{Catalog, ComponentId, ComponentInfo, Task, TaskPolicy, TaskSpec};

use super::*;

/// `make(name: string, times: integer = 1, dry_run: boolean = false, plan: Plan = …) -> Plan`,
/// `show(plan: Plan, title: string = "")`, `join(left: Plan, right: Plan)`, and `odd` with names and types that are
/// easily mistaken.
fn catalog() -> Catalog {
    const PLAN: &str = r#"{"type":"object","title":"Plan","properties":{"steps":{"type":"array","items":{"type":"string"}},
        "batch_id":{"type":"string","default":"x"}},"required":["steps"],"additionalProperties":false}"#;
    let inputs = |properties: &str, required: &str| {
        format!(
            r#"{{"type":"object","properties":{{{properties}}},"required":[{required}],"additionalProperties":false}}"#
        )
    };
    let make = inputs(
        &format!(
            r#""name":{{"type":"string"}},"times":{{"type":"integer","default":1}},
               "dry_run":{{"type":"boolean","default":false}},"plan":{PLAN}"#
        ),
        r#""name""#,
    );
    let show = inputs(&format!(r#""plan":{PLAN},"title":{{"type":"string","default":""}}"#), r#""plan""#);
    let join = inputs(&format!(r#""left":{PLAN},"right":{PLAN}"#), r#""left","right""#);
    let odd = inputs(
        r#""x":{"type":"boolean"},"y":{"type":"boolean"},"no_x":{"type":"boolean"},"inputs":{"type":"integer"},
           "shape":{"oneOf":[{"type":"string","enum":["Dot"]},
             {"type":"object","properties":{"Circle":{"type":"number"}},"required":["Circle"],"additionalProperties":false}]}"#,
        "",
    );
    let text = r#"{"type":"string"}"#;
    let component = Arc::new(ComponentInfo {
        id: ComponentId::default(),
        origin: "t.wasm".into(),
        digest: [0; 32],
        unavailable: Vec::new(),
    });
    let task = |name: &str, inputs: String, output: &str| {
        let spec = TaskSpec {
            name: name.to_owned(),
            environment: None,
            doc: String::new(),
            inputs,
            output: output.to_owned(),
            policy: TaskPolicy::default(),
            rights: Vec::new(),
        };
        Task::new(spec, Arc::clone(&component)).unwrap()
    };
    let tasks =
        vec![task("make", make, PLAN), task("show", show, text), task("join", join, text), task("odd", odd, text)];
    let mut catalog = Catalog::default();
    catalog.add(Arc::clone(&component), tasks).unwrap();
    catalog
}

fn words(line: &[&str]) -> Vec<OsString> {
    line.iter().map(OsString::from).collect()
}

/// Each step as `task inputs`, with what is fed as `<parameter`.
fn steps(line: &[&str]) -> Vec<String> {
    let read = read(&catalog(), Path::new("t.wasm"), &words(line), None, &mut Values::new(|_| (), None));
    match read {
        Ok(TaskLine::Steps(steps)) => steps
            .into_iter()
            .map(|step| {
                let (name, feed) = (step.task.name().to_owned(), step.feed.clone());
                let feed = feed.map(|parameter| format!(" <{parameter}")).unwrap_or_default();
                format!("{name} {}{feed}", step.inputs(None).unwrap().compact())
            })
            .collect(),
        Ok(TaskLine::Help(task)) => vec![format!("help {}", task.name())],
        Err(diagnosis) => panic!("{diagnosis:#?}"),
    }
}

/// The headline, the body and the hints.
fn refused(line: &[&str]) -> String {
    let read = read(&catalog(), Path::new("t.wasm"), &words(line), None, &mut Values::new(|_| (), None));
    let diagnosis = read.unwrap_err();
    assert_eq!(diagnosis.exit, crate::exit::Exit::BadInput);
    [vec![diagnosis.headline], diagnosis.body, diagnosis.hints].concat().join("\n")
}

#[test]
fn flags_become_the_inputs() {
    assert_eq!(steps(&["make", "--name", "ada", "--times", "3"]), [r#"make {"name":"ada","times":3}"#]);
    assert_eq!(steps(&["make", "--name=a=b", "--times=-3"]), [r#"make {"name":"a=b","times":-3}"#]);
}

#[test]
fn a_boolean_flag_needs_no_value() {
    let on = [r#"make {"name":"a","dry_run":true}"#];
    assert_eq!(steps(&["make", "--name", "a", "--dry-run"]), on);
    assert_eq!(steps(&["make", "--name", "a", "--dry_run", "true"]), on);
    assert_eq!(steps(&["make", "--name", "a", "--dry-run=true"]), on);
    let off = [r#"make {"name":"a","dry_run":false}"#];
    assert_eq!(steps(&["make", "--name", "a", "--no-dry-run"]), off);
    assert_eq!(steps(&["make", "--name", "a", "--dry-run", "false"]), off);
    assert!(refused(&["make", "--name", "a", "--dry-run", "maybe"]).contains("  --dry-run: "));
}

#[test]
fn then_begins_the_next_step_except_as_a_value() {
    assert_eq!(steps(&["make", "--name", "then"]), [r#"make {"name":"then"}"#]);
    let chain = steps(&["make", "--name", "a", "--dry-run", "then", "show", "--title", "then"]);
    assert_eq!(chain, [r#"make {"name":"a","dry_run":true}"#, r#"show {"title":"then"} <plan"#]);
    assert!(refused(&["make", "--name", "a", "then"]).starts_with("`then` is followed by no task"));
}

#[test]
fn fields_and_all_inputs_come_together() {
    let line =
        ["make", "--inputs", r#"{"name":"a","plan":{"steps":["s"]}}"#, "--plan.batch-id", "b", "--name", "c"];
    let read = steps(&line);
    let inputs: serde_json::Value = serde_json::from_str(read[0].strip_prefix("make ").unwrap()).unwrap();
    let expected = serde_json::json!({"name": "c", "plan": {"steps": ["s"], "batch_id": "b"}});
    assert_eq!(inputs, expected);
}

#[test]
fn a_dash_names_the_parameter_that_is_fed() {
    let given = r#"{"steps":[]}"#;
    let chain = steps(&["make", "--name", "a", "then", "join", "--left", given, "--right", "-"]);
    assert_eq!(chain[1], r#"join {"left":{"steps":[]}} <right"#);
    let open = steps(&["make", "--name", "a", "then", "join", "--left", given]);
    assert_eq!(open[1], chain[1]);
    let text = refused(&["make", "--name", "a", "then", "join"]);
    assert!(text.contains("left, right") && text.contains("`--left -` names the parameter"), "{text}");
    let text = refused(&["make", "--name", "a", "then", "join", "--left", "-", "--left", given, "--right", given]);
    assert!(text.contains("--left: `left` is the output of the step before"), "{text}");
    let text = refused(&["make", "--name", "a", "then", "show", "--title", "-", "--plan", given]);
    assert!(text.contains("the output of `make` (Plan) cannot be fed to `show`"), "{text}");
}

#[test]
fn everything_wrong_with_a_step_is_told_at_once() {
    let text = refused(&["make", "--nme", "a", "--times", "many", "--plan.step", "[]", "--max-runtime", "3s"]);
    assert!(text.starts_with("invalid input for `make`\n"), "{text}");
    assert!(text.contains("  --nme: unknown flag; did you mean `--name`?"), "{text}");
    assert!(text.contains("  --times: "), "{text}");
    assert!(text.contains("  --plan.step: `plan` has no field `step`; did you mean `--plan.steps`?"), "{text}");
    assert!(
        text.contains("`--max-runtime` is an option of flyte-host: it goes before all other arguments"),
        "{text}"
    );
    assert!(text.contains("  name: missing"), "{text}");
}

#[test]
fn a_flag_is_no_other_flags_value() {
    let text = refused(&["make", "--name", "--times", "3"]);
    assert!(text.contains("--name: has no value") && text.contains("write `--name=--times`"), "{text}");
    assert_eq!(steps(&["make", "--name=--times"]), [r#"make {"name":"--times"}"#]);
    assert_eq!(steps(&["make", "--name", "--other"]), [r#"make {"name":"--other"}"#]);
    assert!(refused(&["make", "--name"]).contains("--name: has no value"));
}

#[test]
fn words_without_a_flag_are_told() {
    let text = refused(&["show", r#"{"steps":[]}"#]);
    assert!(text.contains(r#"`{"steps":[]}` belongs to no flag"#) && text.contains("`--plan VALUE`"), "{text}");
    assert!(refused(&["make", "--name", "a", "-q"]).contains("`-q` is short for `--quiet`"));
}

#[test]
fn a_parameters_own_name_comes_before_the_negation_of_another() {
    assert_eq!(steps(&["odd", "--no-x", "--no-y"]), [r#"odd {"no_x":true,"y":false}"#]);
    assert_eq!(steps(&["odd", "--x", "false", "--no-no-x"]), [r#"odd {"x":false,"no_x":false}"#]);
    let catalog = catalog();
    let args = crate::args::Args::try_parse_from(["flyte-host", "run", "t.wasm", "odd"]).unwrap();
    let crate::args::Command::Run(args) = args.command else { panic!() };
    let help = crate::task_help::of(catalog.task("odd").unwrap(), "odd", &args);
    assert!(help.contains("--y, --no-y  ") && help.contains("--no_x, --no-no_x  "), "{help}");
    assert!(help.contains("--x  ") && !help.contains("--no-x"), "{help}");
    assert!(!help.contains("`--inputs"), "{help}");
}

#[test]
fn fields_of_enums_and_items_of_lists_are_no_places() {
    let text = refused(&["odd", "--shape.kind", "A"]);
    assert!(
        text.contains("  --shape.kind: a field of an enum cannot be set by path; give `--shape` as JSON"),
        "{text}"
    );
    let text = refused(&["make", "--name", "a", "--plan.steps.0", "s"]);
    let expected =
        "invalid input for `make`\n  --plan.steps.0: list items cannot be set by path; give `--plan.steps` as JSON";
    assert_eq!(text, expected);
    // Into a list that is given, they are put.
    let line = ["make", "--name", "a", "--plan.steps.0", "s", "--plan", r#"{"steps":["t"]}"#];
    assert_eq!(steps(&line), [r#"make {"name":"a","plan":{"steps":["s"]}}"#]);
}

#[test]
fn what_is_wrong_is_told_once_and_as_it_is() {
    let text = refused(&["make", "--name", "a", "--tims", "1", "--tims", "2", "--times", "1\u{1b}[2J"]);
    assert_eq!(text.matches("--tims").count(), 1, "{text}");
    assert!(text.contains("got `1\\u{1b}[2J`"), "{text}");
    assert!(refused(&["ma\u{9b}ke"]).contains("unknown task `ma\\u{9b}ke`"));
}

#[test]
fn tasks_are_looked_up_by_name() {
    assert!(refused(&["mak", "--name", "a"]).contains("did you mean `make`?"));
    assert!(refused(&[]).contains("the tasks are:\n  make"));
    assert!(refused(&["--verbos", "make"]).contains("did you mean the option `--verbose`?"));
}

#[test]
fn help_may_stand_anywhere_in_a_step() {
    assert_eq!(steps(&["make", "--times", "1", "--help"]), ["help make"]);
    assert_eq!(steps(&["make", "--name", "a", "then", "show", "-h"]), ["help show"]);
    assert_eq!(steps(&["make", "then", "join", "--lft", "@no/such.json", "--help"]), ["help join"]);
    assert_eq!(steps(&["make", "--name", "-h", "then", "show"]).len(), 2);
}

#[test]
fn an_earlier_runs_inputs_are_taken_for_what_is_not_given() {
    let earlier = Json::parse(r#"{"name":"ada","plan":{"steps":["a","b"],"batch_id":"y"}}"#).unwrap();
    let again = |line: &[&str]| {
        let mut values = Values::new(|_| (), None);
        match read(&catalog(), Path::new("t.wasm"), &words(line), Some(&earlier), &mut values) {
            Ok(TaskLine::Steps(mut steps)) => steps.remove(0).inputs(None).unwrap().compact(),
            other => panic!("{other:#?}"),
        }
    };
    assert_eq!(again(&["make"]), r#"{"name":"ada","plan":{"steps":["a","b"],"batch_id":"y"}}"#);
    let changed = r#"{"name":"bob","plan":{"steps":["a","c"],"batch_id":"y"}}"#;
    let plan = again(&["make", "--name", "bob", "--plan", r#"{"steps":["a","c"],"batch_id":"y"}"#]);
    assert_eq!(plan, changed);
    let field = again(&["make", "--plan.batch_id", "z"]);
    assert!(field.contains(r#""batch_id":"z""#) && field.contains(r#"["a","b"]"#), "{field}");
    assert_eq!(again(&["make", "--inputs", r#"{"name":"eve"}"#]), r#"{"name":"eve"}"#);
}
