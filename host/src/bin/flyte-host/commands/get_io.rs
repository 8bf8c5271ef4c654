//! `flyte-host get io RUN [ACTION]`.

use flyte_host::history::{Archive, RunRecord, Value};
use flyte_host::record::Json;
use flyte_host::run::ActionId;

use crate::args::GetIoArgs;
use crate::commands::get_action::known;
use crate::commands::past::{self, read, unwritable};
use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::home::HomePlace;
use crate::printer::Printer;

/// Prints `{"inputs": …, "output": …}`, or one of them alone. What is not there is null, and told.
pub(crate) fn execute(args: &GetIoArgs, printer: Printer) -> Result<(), Diagnosis> {
    let (archive, run) = past::find(&args.place, &args.run.run)?;
    let action = args.action;
    known(&archive, &run, action)?;
    if args.inputs_only {
        let inputs = read(archive.inputs(&run, action))?;
        return printer.json(&alone(inputs, &run, action, "inputs")?, args.output);
    }
    if args.outputs_only {
        return printer.json(&output(&archive, &run, action)?, args.output);
    }
    let mut whole = String::from("{");
    for (name, value) in [("inputs", archive.inputs(&run, action)), ("output", archive.output(&run, action))] {
        let text = match read(value)? {
            Value::Text(text) => text,
            missing => {
                if let Some(why) = why(&missing) {
                    printer.warning(&format!("no {name} of {action} can be shown: {why}"), &[]);
                }
                "null".to_owned()
            }
        };
        let comma = if whole.len() > 1 { "," } else { "" };
        whole += &format!("{comma}\"{name}\":{text}");
    }
    whole.push('}');
    printer.json(&Json::parse(whole).map_err(unwritable)?, args.output)
}

/// The output that `RUN` or `RUN/ACTION` means.
pub(crate) fn referred(place: &HomePlace, reference: &str) -> Result<Json, Diagnosis> {
    let (run, action) = match reference.rsplit_once('/') {
        Some((run, action)) => {
            let action = action.parse().map_err(|error| Diagnosis::usage(format!("`{reference}`: {error}")))?;
            (run, action)
        }
        None => (reference, ActionId::ROOT),
    };
    let (archive, run) = past::find(place, run)?;
    output(&archive, &run, action)
}

/// An action's output.
///
/// # Errors
/// It has none, or it is not kept.
pub(crate) fn output(archive: &Archive, run: &RunRecord, action: ActionId) -> Result<Json, Diagnosis> {
    let action_record = known(archive, run, action)?;
    let value = read(archive.output(run, action))?;
    if value == Value::None {
        let phase = action_record.phase;
        let headline = format!("{action} of run {} has no output: it is {phase}", run.id);
        return Err(Diagnosis::usage(headline));
    }
    alone(value, run, action, "output")
}

fn alone(value: Value, run: &RunRecord, action: ActionId, what: &str) -> Result<Json, Diagnosis> {
    match value {
        Value::Text(text) => Json::parse(text).map_err(unwritable),
        Value::None => Err(Diagnosis::usage(format!("{action} of run {} has no {what}", run.id))),
        missing => {
            let why = why(&missing).unwrap_or_default();
            Err(Diagnosis::new(
                Exit::BadInput,
                format!("the {what} of {action} of run {} can't be had: {why}", run.id),
            ))
        }
    }
}

/// Why a value that there was can't be had.
pub(crate) fn why(value: &Value) -> Option<String> {
    match value {
        Value::Withheld => {
            Some("withheld, as a granted secret is in it, or there was too much to write".to_owned())
        }
        Value::Lost { file } => Some(format!("lost: its file {file} is gone or damaged")),
        Value::None | Value::Text(_) => None,
    }
}
