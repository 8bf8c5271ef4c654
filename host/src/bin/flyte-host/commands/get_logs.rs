//! `flyte-host get logs RUN [ACTION]`.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use flyte_host::history::{Archive, LogRecord, LogSource, RunRecord};
use flyte_host::report::{in_a_row, printable};
use flyte_host::run::ActionId;
use serde::Serialize;

use crate::args::{GetLogsArgs, Stream};
use crate::commands::get_action::known;
use crate::commands::past::{self as archives, read};
use crate::diagnosis::Diagnosis;
use crate::printer::{Lines, Printer};

/// How often one looks for more.
const LOOK: Duration = Duration::from_millis(200);

/// A line as `--json` shows it. Fields may be added, and don't change.
#[derive(Serialize)]
struct LineJson<'l> {
    action: String,
    task: Option<&'l str>,
    /// Seconds since the run began.
    at: f64,
    /// `stdout`, `stderr`, `progress`, `denied`, or `host` for its own remarks.
    source: &'static str,
    text: &'l str,
}

/// Prints the lines of all actions in order of time, or those of one.
pub(crate) fn execute(args: &GetLogsArgs, printer: Printer) -> Result<(), Diagnosis> {
    let (archive, mut run) = archives::find(&args.place, &args.run.run)?;
    if let Some(action) = args.action {
        known(&archive, &run, action)?;
    }
    let mut from = 0;
    let mut below = args.action.filter(|_| args.recursive).map(|root| HashMap::from([(root, true)]));
    loop {
        let goes_on = args.follow && run.goes_on();
        let mut lines = Lines::new(printer);
        let one = args.action.filter(|_| !args.recursive);
        let mut found = Vec::new();
        read(archive.each_line(&run, one, from, |line| {
            from = line.number + 1;
            if is_of(&line, args.stream) {
                match below {
                    // Whose it is, has to be looked up.
                    Some(_) => found.push(line),
                    None => tell(&line, args.json, &mut lines),
                }
            }
        }))?;
        for line in found {
            if let Some(below) = &mut below
                && is_below(line.action, below, &archive, &run)?
            {
                tell(&line, args.json, &mut lines);
            }
        }
        lines.end()?;
        if !goes_on {
            return Ok(());
        }
        thread::sleep(LOOK);
        run = archives::again(&archive, &run)?;
    }
}

/// Whether an action is the one that is meant, or one that it led to.
fn is_below(
    action: ActionId,
    known: &mut HashMap<ActionId, bool>,
    archive: &Archive,
    run: &RunRecord,
) -> Result<bool, Diagnosis> {
    let mut path = Vec::new();
    let mut next = Some(action);
    let found = loop {
        let Some(action) = next else { break false };
        if let Some(known) = known.get(&action) {
            break *known;
        }
        path.push(action);
        next = read(archive.action(run, action))?.and_then(|action| action.parent);
    };
    known.extend(path.into_iter().map(|action| (action, found)));
    Ok(found)
}

fn is_of(line: &LogRecord, stream: Option<Stream>) -> bool {
    match stream {
        None => true,
        Some(Stream::Stdout) => line.source == LogSource::Stdout,
        Some(Stream::Stderr) => line.source == LogSource::Stderr,
    }
}

fn tell(line: &LogRecord, as_json: bool, lines: &mut Lines) {
    let task = line.task.as_deref();
    if as_json {
        let source = match line.source {
            LogSource::Stdout => "stdout",
            LogSource::Stderr => "stderr",
            LogSource::Progress => "progress",
            LogSource::Denied => "denied",
            _ => "host",
        };
        let at = line.at.as_secs_f64();
        return lines.json(&LineJson { action: line.action.to_string(), task, at, source, text: &line.text });
    }
    for text in printable(&line.text).split('\n') {
        lines.text(&format!("[{} {}] {text}", line.action, in_a_row(task.unwrap_or("?"))));
    }
}
