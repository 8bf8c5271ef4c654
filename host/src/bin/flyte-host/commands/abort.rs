//! `flyte-host abort RUN`.

use std::thread;
use std::time::{Duration, Instant};

use flyte_host::record::Json;
use serde::Serialize;

use crate::args::{AbortArgs, OutputFormat};
use crate::commands::past::{self as archives, read, unwritable};
use crate::diagnosis::Diagnosis;
use crate::exit::Exit;
use crate::printer::Printer;

/// How long one waits for a run's end.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);

/// What `--json` shows. Fields may be added, and don't change.
#[derive(Serialize)]
struct Aborted {
    id: String,
    /// The phase it is in now.
    phase: String,
    /// Whether it went on when it was asked to end.
    asked: bool,
}

/// Asks for a run to be aborted, and waits until it has ended.
pub(crate) fn execute(args: &AbortArgs, printer: Printer) -> Result<(), Diagnosis> {
    let (archive, mut run) = archives::find(&args.place, &args.run.run)?;
    let asked = read(archive.abort(&run))?;
    let since = Instant::now();
    // It may have ended by itself meanwhile.
    run = archives::again(&archive, &run)?;
    while asked && !args.no_wait && run.goes_on() {
        if since.elapsed() > PATIENCE {
            let headline = format!("run {} has not ended after {} s", run.id, PATIENCE.as_secs());
            return Err(
                Diagnosis::new(Exit::LimitHit, headline).hint("it was told to: `get run RUN --follow` waits on")
            );
        }
        thread::sleep(LOOK);
        run = archives::again(&archive, &run)?;
    }
    let (id, phase) = (&run.id, run.phase);
    match (asked, run.goes_on()) {
        (false, _) if run.lost => {
            printer.note(&format!("run {id} had ended already: its process ended before it did"))
        }
        (false, _) => printer.note(&format!("run {id} had ended already: {phase}")),
        (true, true) => printer.note(&format!("run {id} is told to end")),
        (true, false) => printer.note(&format!("run {id}: {phase}")),
    }
    if args.json {
        let aborted = Aborted { id: run.id.clone(), phase: phase.to_string(), asked };
        printer.json(&Json::from_serialize(&aborted).map_err(unwritable)?, OutputFormat::Json)?;
    }
    Ok(())
}
