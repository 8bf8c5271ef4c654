//! `flyte-host rerun RUN [--PARAM VALUE]…`.

use std::path::PathBuf;

use flyte_host::history::{Archive, RunNote, RunRecord, Value};
use flyte_host::record::Json;
use flyte_host::run::ActionId;

use crate::args::{RerunArgs, RunArgs};
use crate::commands::get_io::why;
use crate::commands::past::{self, read, unwritable};
use crate::commands::recover::Recover;
use crate::commands::request::Request;
use crate::commands::run::{self, Job};
use crate::diagnosis::Diagnosis;
use crate::printer::Printer;
use crate::task_line::host_option;

/// Runs an earlier run's task again.
pub(crate) fn execute(args: &RerunArgs, printer: Printer) -> Result<(), Diagnosis> {
    let again = again(args, printer)?;
    run::start(&again.job(), printer)
}

/// What is run again.
pub(crate) struct Again {
    /// The earlier run, where its results are taken over.
    pub recover: Option<Recover>,
    /// The command that started it, with the task and what is new as its task line. Its paths start from the present
    /// directory of this process, which was its own.
    pub args: RunArgs,
    /// The inputs of the earlier run; `None` where they are not kept.
    pub inputs: Option<Json>,
    pub note: RunNote,
    /// SHA-256 of the component that its task was in.
    pub component: Option<[u8; 32]>,
    /// Where the new command was given: files among its values are there.
    pub directory: PathBuf,
}

/// Finds out what is to be run again, and goes to the directory in which the earlier command was given.
pub(crate) fn again(args: &RerunArgs, printer: Printer) -> Result<Again, Diagnosis> {
    let (reference, values) = args.parts();
    let (recovers, changed_component) = args.recovers();
    match (recovers, changed_component, values.first()) {
        (true, _, Some(value)) => {
            let word = value.to_string_lossy();
            let headline = format!("`{word}`: with `--recover`, a run has the inputs that it had");
            let hint = match host_option(&word) {
                Some(option) => format!("if `{option}` is meant, options go before RUN"),
                None => "without `--recover`, values can be others".to_owned(),
            };
            return Err(Diagnosis::usage(headline).hint(hint));
        }
        (false, true, _) => return Err(Diagnosis::usage("`--changed-component` is for `--recover` only")),
        _ => {}
    }
    let (archive, run) = past::find(&args.place, &reference)?;
    let home = std::path::absolute(args.place.named()?).map_err(unwritable)?;
    let request = Request::of_text(run.request.as_deref(), &run.id)?;
    // A recovery reads them itself: its inputs are those of the first run of all.
    let inputs = if recovers { None } else { inputs(&archive, &run, values.is_empty(), printer)? };
    let component = read(archive.action(&run, ActionId::ROOT))?.and_then(|root| root.component);
    let directory = std::env::current_dir()
        .map_err(|error| Diagnosis::usage("the present directory can't be used").cause(error))?;
    let mut again = request.args()?;
    again.history.place.home = Some(home.clone());
    args.apply(&mut again, &directory);
    again.task_line = std::iter::once(run.task.clone().into()).chain(values.iter().cloned()).collect();
    let note = RunNote {
        name: args.name.clone().or_else(|| run.name.clone()),
        labels: run.labels.clone(),
        request: request.and_this_process(args, &directory).and_then(|request| request.to_text()),
        recovers: None,
    };
    let recover = recovers.then_some(Recover { run, home, changed_component });
    Ok(Again { recover, args: again, inputs, note, component, directory })
}

impl Again {
    /// What `run` is to do.
    pub(crate) fn job(&self) -> Job<'_> {
        Job {
            args: &self.args,
            note: self.note.clone(),
            inputs: self.inputs.as_ref(),
            component: self.component,
            directory: Some(&self.directory),
            recover: self.recover.as_ref(),
        }
    }
}

/// The inputs that the run had. Those that are not kept have to be given: all of them.
fn inputs(
    archive: &Archive,
    run: &RunRecord,
    nothing_given: bool,
    printer: Printer,
) -> Result<Option<Json>, Diagnosis> {
    let value = read(archive.inputs(run, ActionId::ROOT))?;
    let why = match value {
        Value::Text(text) => return Json::parse(text).map(Some).map_err(unwritable),
        Value::None => "none were recorded, as it ended before they were looked at".to_owned(),
        ref missing => why(missing).unwrap_or_default(),
    };
    let told = format!("the inputs of run {} can't be had: {why}", run.id);
    if nothing_given {
        let hint = "give them: `flyte-host rerun RUN --PARAM VALUE …`";
        return Err(Diagnosis::usage(told).hint(hint));
    }
    printer.warning(&told, &["all of them have to be given"]);
    Ok(None)
}
