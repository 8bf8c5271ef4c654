//! `flyte-host delete run RUN…`.

use std::time::SystemTime;

use flyte_host::history::{Archive, RunFilter, RunRecord};
use flyte_host::record::Json;
use serde::Serialize;

use crate::args::{DeleteRunArgs, OutputFormat};
use crate::commands::past::{self as archives, found, read, unwritable};
use crate::diagnosis::Diagnosis;
use crate::past::count;
use crate::printer::Printer;

/// What `--json` shows. Fields may be added, and don't change.
#[derive(Serialize)]
struct Deleted {
    /// The ids of the runs that were deleted.
    deleted: Vec<String>,
    /// How many were meant, and go on, or are recovered by one that does.
    go_on: u64,
}

/// Deletes runs: those that are named, or all that are old enough.
pub(crate) fn execute(args: &DeleteRunArgs, printer: Printer) -> Result<(), Diagnosis> {
    let archive = match args.runs.first() {
        Some(first) => Some(archives::find(&args.place, first)?.0),
        None => archives::archive(&args.place)?,
    };
    let runs = archive.as_ref().map(|archive| meant(args, archive)).transpose()?.unwrap_or_default();
    let (go_on, over): (Vec<RunRecord>, Vec<RunRecord>) = runs.into_iter().partition(RunRecord::goes_on);
    // Who names one that goes on, means another or does not know.
    if let Some(run) = go_on.first().filter(|_| !args.runs.is_empty()) {
        return Err(Diagnosis::usage(format!("run {} goes on: nothing is deleted", run.id))
            .hint(format!("`flyte-host abort {}` ends it", run.id)));
    }
    let mut deleted = Vec::new();
    let mut recovered = Vec::new();
    if let Some(archive) = archive.filter(|_| !over.is_empty()) {
        let mut remover = read(archive.remover())?;
        for run in over {
            let removed = read(remover.remove(&run))?;
            if removed { &mut deleted } else { &mut recovered }.push(run.id);
        }
        read(remover.finish())?;
    }
    if let Some(run) = recovered.first().filter(|_| !args.runs.is_empty()) {
        return Err(Diagnosis::usage(format!("run {run} is recovered by one that goes on: it is not deleted")));
    }
    let stay = go_on.len() + recovered.len();
    let skipped = if stay == 0 {
        String::new()
    } else {
        format!("; still there: {}, as they go on or one that does recovers them", count(stay as u64, "run"))
    };
    printer.note(&format!("deleted {}{skipped}", count(deleted.len() as u64, "run")));
    if args.json {
        let deleted = Deleted { deleted, go_on: stay as u64 };
        printer.json(&Json::from_serialize(&deleted).map_err(unwritable)?, OutputFormat::Json)?;
    }
    Ok(())
}

/// The runs that are meant, each once. Where one of them is not there, none is.
fn meant(args: &DeleteRunArgs, archive: &Archive) -> Result<Vec<RunRecord>, Diagnosis> {
    let mut runs: Vec<RunRecord> = Vec::new();
    if args.runs.is_empty() {
        let before = args.before.and_then(|span| SystemTime::now().checked_sub(span));
        // A span that leads back before all time is before all runs.
        if args.all || before.is_some() {
            let filter = RunFilter { before, ..RunFilter::default() };
            read(archive.each_run(&filter, |run| {
                runs.push(run);
                true
            }))?;
        }
        return Ok(runs);
    }
    for reference in &args.runs {
        let run = found(archive, reference)?;
        if !runs.iter().any(|known| known.id == run.id) {
            runs.push(run);
        }
    }
    Ok(runs)
}
