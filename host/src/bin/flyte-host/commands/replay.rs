//! `flyte-host replay FILE`, and `get run RUN --export FILE`, which makes the file.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flyte_host::history::{Archive, RunRecord, StoredFailure};
use flyte_host::record::Json;
use flyte_host::replay::{Replay, ReplayError, ReplayFile, export};
use flyte_host::report::HumanReport;
use flyte_host::run::{EventSink, Failure};
use flyte_host::{Host, RunRequest};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::args::{OutputFormat, ReplayArgs};
use crate::commands::load;
use crate::commands::past::unwritable;
use crate::commands::request::Request;
use crate::diagnosis::{self, Diagnosis, of_failure, of_history_error};
use crate::exit::Exit;
use crate::interrupt::{Interrupts, what};
use crate::printer::Printer;

/// What happened then, and now.
#[derive(Serialize)]
struct Shown<'a> {
    run: &'a str,
    action: String,
    task: &'a str,
    /// Whether it failed as it did.
    same: bool,
    recorded: &'a StoredFailure,
    /// How it failed; `None` where it did not.
    now: Option<StoredFailure>,
    /// What it gave in place of that.
    output: Option<Box<RawValue>>,
}

/// Writes a run to a file.
pub(crate) fn write(archive: &Archive, run: &RunRecord, path: &Path, components: bool) -> Result<(), Diagnosis> {
    // Components are named as the command named them, in its directory.
    let base = match Request::of_text(run.request.as_deref(), &run.id) {
        Ok(request) => request.directory,
        Err(_) => PathBuf::new(),
    };
    export(archive, run, &base, path, components).map_err(|error| {
        let of_component = matches!(&error, ReplayError::ChangedComponent { .. })
            || matches!(&error, ReplayError::File { path: file, .. } if file != path);
        let exists = matches!(&error, ReplayError::Exists { .. });
        let diagnosis = of_replay_error(error, None);
        match (of_component, exists) {
            (true, _) => diagnosis.hint("`--without-component` does without"),
            (_, true) => diagnosis.hint("`--export` writes a new file: name another, or remove this one"),
            _ => diagnosis,
        }
    })
}

/// Runs a failed action of a file again, and tells whether it fails as it did.
pub(crate) fn execute(args: &ReplayArgs, printer: Printer) -> Result<(), Diagnosis> {
    let interrupts = Interrupts::listen(printer)?;
    let failed = |error| of_replay_error(error, Some(&args.file));
    let file = ReplayFile::open(&args.file).map_err(failed)?;
    let action = args.action.map_or_else(|| file.first_cause(), Ok).map_err(failed)?;
    let replay = file.replay(action).map_err(failed)?;
    let granted = args.grants.granted()?;
    let runtime = load::runtime()?;
    let outcome = runtime.block_on(async {
        let mut builder = Host::builder()
            .limits(file.limits(&args.limits.limits()))
            .max_action_concurrency(args.limits.max_action_concurrency)
            .pool(args.limits.pool())
            .grant(granted);
        for (name, bytes) in components(&file, args)? {
            builder = builder.load_bytes(name, bytes);
        }
        let built = args.cache.equip(builder, Vec::new(), printer).build().await;
        let host = ManuallyDrop::new(built.map_err(|error| diagnosis::of_host_error(&error))?);
        let report = Arc::new(HumanReport::new(printer.detail(), move |lines| printer.styled(lines)));
        let sink: Arc<dyn EventSink> = Arc::clone(&report) as _;
        let run = interrupts.abortable(|| host.start(RunRequest::replay(&replay).watch(sink)));
        Ok::<_, Diagnosis>(run.outcome().await)
    });
    runtime.shutdown_background();
    let result = outcome?.result;
    if let (Err(Failure::Aborted(_)), Some(exit)) = (&result, interrupts.signalled()) {
        return Err(Diagnosis::new(exit, what(exit)));
    }
    show(&file, &replay, result, printer)
}

fn show(
    file: &ReplayFile,
    replay: &Replay,
    result: Result<Json, Failure>,
    printer: Printer,
) -> Result<(), Diagnosis> {
    let now = result.as_ref().err().map(StoredFailure::of);
    let same = now.as_ref().is_some_and(|now| replay.is_shown_by(now));
    let (action, task) = (replay.action(), replay.task());
    let shown = Shown {
        run: file.run(),
        action: action.to_string(),
        task,
        same,
        recorded: replay.failure(),
        now,
        output: result.as_ref().ok().and_then(|output| serde_json::from_str(output.as_str()).ok()),
    };
    let text = serde_json::to_string(&shown).map_err(unwritable)?;
    printer.json(&Json::parse(text).map_err(unwritable)?, OutputFormat::Json)?;
    match result {
        _ if same => Ok(()),
        Ok(_) => Err(Diagnosis::new(Exit::Diverged, format!("`{task}` ({action}) does not fail here"))
            .line(format!("  then: {}", replay.failure().message))),
        Err(diverged @ Failure::Diverged(_)) => Err(of_failure(task, 1, &diverged)),
        Err(failure) => {
            Err(Diagnosis::new(Exit::Diverged, format!("`{task}` ({action}) fails in another way here"))
                .line(format!("  then: {}", replay.failure().message))
                .line(format!("  now:  {failure}")))
        }
    }
}

/// A component's name and bytes.
type Loadable = (PathBuf, Arc<[u8]>);

/// The components of the run: those in the file, and the others, which are given.
fn components(file: &ReplayFile, args: &ReplayArgs) -> Result<Vec<Loadable>, Diagnosis> {
    let mut found: Vec<(PathBuf, Arc<[u8]>)> =
        file.components().map(|(name, bytes)| (PathBuf::from(name), bytes)).collect();
    let in_file = found.len();
    let mut missing: Vec<(&str, &str)> = file.missing_components().collect();
    for path in &args.component {
        let unreadable = |error| Diagnosis::usage(format!("cannot read {}", path.display())).cause(error);
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let is_there = |known: &[Loadable]| known.iter().any(|(_, known)| **known == *bytes);
        let refused = |why| Err(Diagnosis::usage(format!("{} {why}", path.display())));
        if is_there(&found[..in_file]) {
            return refused("is in the file already: leave it out");
        }
        if is_there(&found[in_file..]) {
            return refused("is given twice");
        }
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let Some(at) = missing.iter().position(|(_, wanted)| *wanted == digest) else {
            return refused("is no component that the run ran");
        };
        missing.swap_remove(at);
        found.push((path.clone(), bytes.into()));
    }
    match missing.first() {
        Some((name, digest)) => Err(Diagnosis::usage(format!("the file does not have the component {name}"))
            .hint(format!("`--component FILE` gives it; its SHA-256 is {digest}"))),
        None => Ok(found),
    }
}

fn of_replay_error(error: ReplayError, file: Option<&Path>) -> Diagnosis {
    let told = match file {
        Some(file)
            if matches!(
                error,
                ReplayError::Foreign | ReplayError::Newer(_) | ReplayError::Truncated | ReplayError::Damaged(_)
            ) =>
        {
            format!("{}: {error}", file.display())
        }
        _ => error.to_string(),
    };
    match error {
        ReplayError::History(error) => of_history_error(&error),
        error => Diagnosis::usage(told).causes_of(&error),
    }
}
