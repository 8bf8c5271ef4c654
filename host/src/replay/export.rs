//! Writes a recorded run to a file.

use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::history::{Archive, RunRecord, Value};
use crate::replay::ReplayError;
use crate::replay::file::Sections;
use crate::replay::manifest::{Action, Component, Delivery, Manifest};
use crate::replay::tree;
use crate::replay::unfinished::Unfinished;
use crate::replay::values::{Gathered, Values};
use crate::run::ActionId;

/// Writes a run that has ended to a file, which must not be there yet, and which only this user can read: its actions
/// with what they got and gave, and, with `components`, those that it ran. They are read from where the run had them;
/// where that is a relative path, it starts from `base`. What is held meanwhile is one value or one component at a time,
/// and a few hundred bytes an action.
///
/// # Errors
/// The run goes on, parts of its record were dropped, the history can't be read, a component has changed or is gone, or the file can't be written; there
/// is none then.
pub fn export(
    archive: &Archive,
    run: &RunRecord,
    base: &Path,
    path: &Path,
    components: bool,
) -> Result<(), ReplayError> {
    if run.elapsed.is_none() && !run.lost {
        return Err(ReplayError::GoesOn(run.id.clone()));
    }
    let failed = |source| ReplayError::File { path: path.to_owned(), source };
    if path.symlink_metadata().is_ok() {
        return Err(ReplayError::Exists { path: path.to_owned() });
    }
    let mut values = Values::beside(path).map_err(failed)?;
    let mut manifest = Manifest {
        run: run.id.clone(),
        host: env!("CARGO_PKG_VERSION").to_owned(),
        seed: run.seed,
        limits: serde_json::from_str(&run.limits).unwrap_or_default(),
        granted: run.granted.clone(),
        components: Vec::new(),
        actions: actions(archive, run)?,
        deliveries: Vec::new(),
    };
    for action in &mut manifest.actions {
        let mut place = |value| match value {
            Value::Text(text) => values.place(&text).map(Some).map_err(failed),
            _ => Ok(None),
        };
        action.inputs = place(archive.inputs(run, ActionId(action.id))?)?;
        action.output = place(archive.output(run, ActionId(action.id))?)?;
    }
    archive.each_delivery(run, |parent, attempt, first, count, calls| {
        manifest.deliveries.push(Delivery { parent: parent.0, attempt, first: first.0, count, calls });
    })?;
    tree::places(&manifest.actions, &manifest.deliveries)
        .map_err(|what| ReplayError::Incomplete { run: run.id.clone(), what })?;
    let mut included = Vec::new();
    for (digest, _, from) in archive.components(run)? {
        let from = base.join(from.unwrap_or_default());
        let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        manifest.components.push(Component { name, digest: hex(&digest), included: components });
        if components {
            included.push((from, digest));
        }
    }
    write(path, &manifest, values.gathered().map_err(failed)?, &included)
}

fn actions(archive: &Archive, run: &RunRecord) -> Result<Vec<Action>, ReplayError> {
    let mut actions = Vec::new();
    archive.each_action(run, |action| {
        actions.push(Action {
            id: action.id.0,
            parent: action.parent.map(|parent| parent.0),
            parent_attempt: action.parent_attempt,
            call: action.call,
            task: action.task,
            phase: action.phase.to_string(),
            attempts: action.attempts,
            max_runtime: action.max_runtime.and_then(|time| u64::try_from(time.as_nanos()).ok()),
            inputs: None,
            output: None,
            failure: action.failure,
        });
    })?;
    Ok(actions)
}

/// Writes the file; of components, where they are and their SHA-256.
fn write(
    path: &Path,
    manifest: &Manifest,
    mut values: Gathered,
    components: &[(PathBuf, [u8; 32])],
) -> Result<(), ReplayError> {
    let failed = |source| ReplayError::File { path: path.to_owned(), source };
    let (unfinished, file) = Unfinished::create(path).map_err(failed)?;
    let mut sections = Sections::begin(BufWriter::new(file)).map_err(failed)?;
    let described = serde_json::to_vec(manifest).map_err(|error| failed(error.into()))?;
    sections.section(*b"mani", &described).map_err(failed)?;
    sections.section_of(*b"vals", values.bytes, values.digest, &mut values.file).map_err(failed)?;
    for (from, digest) in components {
        let bytes = std::fs::read(from).map_err(|source| ReplayError::File { path: from.clone(), source })?;
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != *digest {
            return Err(ReplayError::ChangedComponent { path: from.clone() });
        }
        sections.section(*b"comp", &bytes).map_err(failed)?;
    }
    let written = sections.end().and_then(|mut file| {
        file.flush()?;
        file.get_ref().sync_all()
    });
    written.and_then(|()| unfinished.finish()).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => ReplayError::Exists { path: path.to_owned() },
        _ => failed(error),
    })
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
