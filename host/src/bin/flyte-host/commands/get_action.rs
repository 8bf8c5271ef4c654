//! `flyte-host get action RUN [ACTION]`.

use flyte_host::history::{ActionRecord, Archive, RunRecord};
use flyte_host::record::Json;
use flyte_host::run::ActionId;

use crate::args::{GetActionArgs, OutputFormat};
use crate::commands::past::{self as archives, read, unwritable};
use crate::diagnosis::Diagnosis;
use crate::past::{ActionJson, Listed, action_page};
use crate::printer::{Lines, Printer};

/// Lists a run's actions, or shows one of them.
pub(crate) fn execute(args: &GetActionArgs, printer: Printer) -> Result<(), Diagnosis> {
    let (archive, run) = archives::find(&args.place, &args.run.run)?;
    let Some(action) = args.action else { return list(args, &archive, &run, printer) };
    let action = known(&archive, &run, action)?;
    let attempts = read(archive.attempts(&run, action.id))?;
    if args.json {
        let json = ActionJson::of(&action, Some(&attempts));
        return printer.json(&Json::from_serialize(&json).map_err(unwritable)?, OutputFormat::Json);
    }
    printer.data(&action_page(&action, &attempts, run.goes_on()))
}

/// An action that is asked for.
///
/// # Errors
/// There is none.
pub(crate) fn known(archive: &Archive, run: &RunRecord, action: ActionId) -> Result<ActionRecord, Diagnosis> {
    read(archive.action(run, action))?.ok_or_else(|| {
        Diagnosis::usage(format!("run {} has no action {action}", run.id))
            .hint(format!("`flyte-host get action {}` lists its actions", run.id))
    })
}

/// There may be a million.
fn list(args: &GetActionArgs, archive: &Archive, run: &RunRecord, printer: Printer) -> Result<(), Diagnosis> {
    let mut lines = Lines::new(printer);
    let mut any = false;
    read(archive.each_action(run, |action| {
        let is_meant = args.phase.is_none_or(|phase| phase == action.phase)
            && args.task.as_ref().is_none_or(|task| *task == action.task);
        if is_meant {
            any = true;
            match args.json {
                true => lines.json(&ActionJson::of(&action, None)),
                false => lines.text(&Listed(&action, run.goes_on()).to_string()),
            }
        }
    }))?;
    lines.end()?;
    if !any {
        printer.note("there is no such action");
    }
    Ok(())
}
