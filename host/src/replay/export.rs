//! Writes a recorded run to a file.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::history::{Archive, RunRecord, Value};
use crate::replay::ReplayError;
use crate::replay::file::Sections;
use crate::replay::manifest::{Action, Component, Delivery, Manifest, Place};
use crate::run::ActionId;

/// Writes a run that has ended to a file, which must not be there yet: its actions with what they got and gave, and, with
/// `components`, those that it ran. They are read from where the run had
/// them; where that is a relative path, it starts from `base`.
///
/// # Errors
/// The run goes on, the history can't be read, a component has changed or is gone, or the file can't be written; there is
/// none then.
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
    let mut values = Values::default();
    let mut manifest = Manifest {
        run: run.id.clone(),
        host: env!("CARGO_PKG_VERSION").to_owned(),
        seed: run.seed,
        limits: serde_json::from_str(&run.limits).unwrap_or_default(),
        granted: run.granted.clone(),
        components: Vec::new(),
        actions: actions(archive, run, &mut values)?,
        deliveries: Vec::new(),
    };
    archive.each_delivery(run, |parent, attempt, first, count, calls| {
        manifest.deliveries.push(Delivery { parent: parent.0, attempt, first: first.0, count, calls });
    })?;
    let mut included = Vec::new();
    for (digest, _, from) in archive.components(run)? {
        let from = base.join(from.unwrap_or_default());
        let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if components {
            let bytes = std::fs::read(&from).map_err(|source| ReplayError::File { path: from.clone(), source })?;
            if <[u8; 32]>::from(Sha256::digest(&bytes)) != digest {
                return Err(ReplayError::ChangedComponent { path: from });
            }
            included.push(bytes);
        }
        manifest.components.push(Component { name, digest: hex(&digest), included: components });
    }
    write(path, &manifest, &values.0, &included)
        .map_err(|source| ReplayError::File { path: path.to_owned(), source })
}

/// Values, one after the other.
#[derive(Default)]
struct Values(Vec<u8>);

impl Values {
    fn add(&mut self, value: Value) -> Option<Place> {
        let Value::Text(text) = value else { return None };
        let place = Place { at: self.0.len() as u64, bytes: text.len() as u64 };
        self.0.extend_from_slice(text.as_bytes());
        Some(place)
    }
}

fn actions(archive: &Archive, run: &RunRecord, values: &mut Values) -> Result<Vec<Action>, ReplayError> {
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
            inputs: None,
            output: None,
            failure: action.failure,
        });
    })?;
    for action in &mut actions {
        action.inputs = values.add(archive.inputs(run, ActionId(action.id))?);
        action.output = values.add(archive.output(run, ActionId(action.id))?);
    }
    Ok(actions)
}

/// Beside its place first, so that there is all of it or nothing.
fn write(path: &Path, manifest: &Manifest, values: &[u8], components: &[Vec<u8>]) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(std::io::ErrorKind::InvalidInput)?;
    let unfinished = parent.join(format!(".{}.{:016x}", name.to_string_lossy(), fastrand::u64(..)));
    let written = (|| {
        let mut sections = Sections::begin(BufWriter::new(File::create_new(&unfinished)?))?;
        sections.section(*b"mani", &serde_json::to_vec(manifest)?)?;
        sections.section(*b"vals", values)?;
        for component in components {
            sections.section(*b"comp", component)?;
        }
        let mut file = sections.end()?;
        file.flush()?;
        file.get_ref().sync_all()?;
        // It takes nobody's place.
        std::fs::hard_link(&unfinished, path)
    })();
    let _ = std::fs::remove_file(&unfinished);
    written
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
