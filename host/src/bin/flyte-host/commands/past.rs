//! What commands about recorded runs share: the history, and which run is meant.

use flyte_host::history::{Archive, HistoryError, NoRun, RunRecord};

use crate::diagnosis::{Diagnosis, of_history_error};
use crate::exit::Exit;
use crate::home::HomePlace;

/// The history in the home directory; `None` where nothing was recorded.
///
/// # Errors
/// Nothing names a directory, or it can't be used.
pub(crate) fn archive(place: &HomePlace) -> Result<Option<Archive>, Diagnosis> {
    let dir = place.named()?;
    Archive::open(dir).map_err(|error| of_history_error(&error))
}

/// The history, and the run that is meant.
///
/// # Errors
/// As [`archive`], or there is no such run.
pub(crate) fn find(place: &HomePlace, reference: &str) -> Result<(Archive, RunRecord), Diagnosis> {
    let Some(archive) = archive(place)? else {
        let home = place.named()?;
        let headline = format!("there is no run `{reference}`: nothing is recorded in {}", home.display());
        return Err(Diagnosis::usage(headline).hint(ELSEWHERE));
    };
    let run = found(&archive, reference)?;
    Ok((archive, run))
}

/// The run that is meant.
pub(crate) fn found(archive: &Archive, reference: &str) -> Result<RunRecord, Diagnosis> {
    read(archive.find(reference))?.map_err(|error| {
        let diagnosis = Diagnosis::usage(error.to_string());
        match error {
            NoRun::None(_) => diagnosis.hint("`flyte-host get run` lists the runs"),
            NoRun::Several { .. } => diagnosis.hint("give more of its id"),
        }
    })
}

/// A run as it is now.
pub(crate) fn again(archive: &Archive, run: &RunRecord) -> Result<RunRecord, Diagnosis> {
    found(archive, &run.id)
}

/// What was read from the history.
pub(crate) fn read<T>(result: Result<T, HistoryError>) -> Result<T, Diagnosis> {
    result.map_err(|error| of_history_error(&error))
}

/// What cannot be written as JSON.
pub(crate) fn unwritable(error: impl ToString) -> Diagnosis {
    Diagnosis::new(Exit::HostFault, "cannot write JSON").cause(error)
}

const ELSEWHERE: &str = "`--home DIR` names another home directory";
