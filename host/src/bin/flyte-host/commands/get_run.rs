//! `flyte-host get run [RUN]`.

use std::thread;
use std::time::{Duration, SystemTime};

use flyte_host::history::{Archive, RunFilter, RunRecord};
use flyte_host::record::Json;
use flyte_host::run::{ActionId, Phase};

use crate::args::{GetRunArgs, OutputFormat};
use crate::commands::past::{self as archives, read, unwritable};
use crate::commands::replay;
use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::home::labels;
use crate::past::{ComponentJson, RunJson, count, in_a_line, run_list, run_page, tree_lines};
use crate::printer::Printer;

/// How often one looks at a run that goes on.
const LOOK: Duration = Duration::from_millis(200);
/// How often it is told how far that has come.
const TOLD: Duration = Duration::from_secs(5);

/// Lists runs, or shows one.
pub(crate) fn execute(args: &GetRunArgs, printer: Printer) -> Result<(), Diagnosis> {
    match &args.run {
        Some(reference) => {
            let (archive, run) = archives::find(&args.place, reference)?;
            if let Some(file) = &args.export {
                return replay::write(&archive, &run, file, !args.without_component);
            }
            let run = if args.follow { ended(&archive, run, printer)? } else { run };
            show(args, &archive, &run, printer)?;
            if args.follow { as_it_ended(&archive, &run) } else { Ok(()) }
        }
        None => list(args, printer),
    }
}

fn list(args: &GetRunArgs, printer: Printer) -> Result<(), Diagnosis> {
    let now = SystemTime::now();
    let filter = RunFilter {
        phase: args.filter.phase,
        task: args.filter.task.clone(),
        name: args.filter.name.clone(),
        labels: labels(&args.filter.label)?,
        since: args.filter.since.and_then(|span| now.checked_sub(span)),
        before: None,
    };
    let most = args.limit as usize;
    let mut runs: Vec<RunRecord> = Vec::new();
    let archive = archives::archive(&args.place)?;
    if let Some(archive) = &archive {
        // One more, to know whether there are more.
        read(archive.each_run(&filter, |run| {
            runs.push(run);
            runs.len() <= most
        }))?;
    }
    let more = runs.len() > most;
    runs.truncate(most);
    if args.json {
        let runs: Vec<RunJson<'_>> = runs.iter().map(RunJson::from).collect();
        printer.json(&Json::from_serialize(&runs).map_err(unwritable)?, OutputFormat::Json)?;
    } else if !runs.is_empty() {
        printer.data(&run_list(&runs, now))?;
    }
    match (&archive, runs.is_empty()) {
        (None, _) => printer.note(&format!("nothing is recorded in {}", args.place.named()?.display())),
        (_, true) => printer.note("there is no such run"),
        _ if more => printer.note(&format!("there are more: these are the latest {most}; `--limit N` shows N")),
        _ => {}
    }
    Ok(())
}

fn show(args: &GetRunArgs, archive: &Archive, run: &RunRecord, printer: Printer) -> Result<(), Diagnosis> {
    let root = read(archive.action(run, ActionId::ROOT))?;
    let tree = read(archive.tree(run))?;
    if args.json {
        let mut json = RunJson::from(run);
        json.component = root.as_ref().and_then(ComponentJson::of);
        json.tree = Some(tree.into_iter().map(Into::into).collect());
        return printer.json(&Json::from_serialize(&json).map_err(unwritable)?, OutputFormat::Json);
    }
    let page = run_page(run, root.as_ref(), SystemTime::now());
    printer.data(format!("{page}\n{}", tree_lines(&tree, run.goes_on())).trim_end())
}

/// Waits until a run has ended, and tells now and then how far it has come.
fn ended(archive: &Archive, mut run: RunRecord, printer: Printer) -> Result<RunRecord, Diagnosis> {
    let mut waited = Duration::ZERO;
    while run.goes_on() {
        if waited.as_millis().is_multiple_of(TOLD.as_millis()) {
            let stats = &run.stats;
            printer.note(&format!(
                "{} is {}: {}, {} failed",
                run.id,
                run.phase,
                count(stats.actions, "action"),
                stats.failed
            ));
        }
        thread::sleep(LOOK);
        waited += LOOK;
        run = archives::again(archive, &run)?;
    }
    Ok(run)
}

/// The end of the run as the end of this command.
pub(crate) fn as_it_ended(archive: &Archive, run: &RunRecord) -> Result<(), Diagnosis> {
    let told = |exit: Exit, why: &str| Err(Diagnosis::new(exit, format!("run {}: {}{why}", run.id, run.phase)));
    match run.phase {
        Phase::Succeeded | Phase::Recovered => Ok(()),
        _ if run.lost => told(Exit::Interrupted, ": its process ended before the run did"),
        _ => match read(archive.action(run, ActionId::ROOT))?.and_then(|root| root.failure) {
            // It may begin with the phase's own name.
            Some(failure) => {
                let (line, phase) = (in_a_line(&failure), format!("{}: ", run.phase));
                told(Exit::from(&failure), &format!(": {}", line.strip_prefix(&phase).unwrap_or(&line)))
            }
            None => told(Exit::HostFault, ""),
        },
    }
}
