//! Where runs are recorded, as options; and what is told of it.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use flyte_host::history::{Durability, History, HistoryError, LATEST, Retention, RunNote};

use crate::diagnosis::{Diagnosis, of_history_error};
use crate::printer::Printer;
use crate::quantity;

/// The variable that names the directory where no option does.
const VARIABLE: &str = "FLYTE_HOST_HOME";
/// How long a command that is done waits until what happened is written.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which home directory it is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "History")]
pub(crate) struct HomePlace {
    /// Where runs are recorded; only you may have access [default: FLYTE_HOST_HOME of the environment,
    /// $XDG_DATA_HOME/flyte-host, or ~/.local/share/flyte-host]
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
}

/// Options about what is recorded of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = "History")]
pub(crate) struct HistoryArgs {
    /// A name for the run, to find it by; of several runs with one name, it means the latest
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub name: Option<String>,
    /// A label for the run, to find it by. Repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = label)]
    pub label: Vec<(String, String)>,
    #[command(flatten)]
    pub place: HomePlace,
    /// Hand each action's result on only once it is on the disk; where it can't be, the run ends
    #[arg(long, conflicts_with = "no_history")]
    pub durable: bool,
    /// How many runs are kept; older ones are deleted, a little at a time
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub keep_runs: u64,
    /// How long runs are kept
    #[arg(long, value_name = "SPAN", value_parser = quantity::duration, default_value = "90d")]
    pub keep_for: Duration,
    /// Record nothing
    #[arg(long)]
    pub no_history: bool,
}

impl HomePlace {
    /// The directory; `None` where nothing names one.
    pub(crate) fn dir(&self) -> Option<PathBuf> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The XDG specification has relative paths ignored.
        let absolute = |name: &str| variable(name).filter(|path| path.is_absolute());
        self.home.clone().or_else(|| variable(VARIABLE)).or_else(|| {
            let base = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(USUAL)));
            Some(base?.join("flyte-host"))
        })
    }

    /// The directory.
    ///
    /// # Errors
    /// Nothing names one.
    pub(crate) fn named(&self) -> Result<PathBuf, Diagnosis> {
        self.dir()
            .ok_or_else(|| Diagnosis::usage("nothing names a home directory").hint("give one with `--home DIR`"))
    }
}

/// Where programs keep what they have to remember, below a user's own directory.
const USUAL: &str = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };

impl HistoryArgs {
    /// Begins to record, where that is wanted and there is a place for it.
    ///
    /// # Errors
    /// There is none, and it has to be.
    pub(crate) fn start(&self, printer: Printer) -> Result<Option<History>, Diagnosis> {
        if self.no_history {
            return Ok(None);
        }
        let (home, durability) = match (self.place.dir(), self.durable) {
            (Some(home), true) => (home, Durability::Durable),
            (Some(home), false) => (home, Durability::Batched),
            (None, true) => return self.place.named().map(|_| None),
            (None, false) => {
                printer.warning("runs are not recorded: nothing names a home directory", &[ELSEWHERE]);
                return Ok(None);
            }
        };
        let durable = self.durable;
        let has_warned = AtomicBool::new(false);
        // A durable run is told by how it ends.
        let problem = move |error: &HistoryError| {
            if !durable && !has_warned.swap(true, Ordering::Relaxed) {
                printer.warning(&format!("runs are not recorded: {}", error.told()), &[ELSEWHERE]);
            }
        };
        History::start(home, durability, problem).map(Some).map_err(|error| of_history_error(&error))
    }

    /// Begins to remove runs that are too many or too old.
    pub(crate) fn keep(&self, history: Option<&History>) {
        if let Some(history) = history {
            history.keep(Retention { runs: self.keep_runs, age: self.keep_for });
        }
    }

    /// What is said of a run beside what happens in it.
    ///
    /// # Errors
    /// A label is given twice.
    pub(crate) fn note(&self) -> Result<RunNote, Diagnosis> {
        Ok(RunNote { name: self.name.clone(), labels: labels(&self.label)?, ..RunNote::default() })
    }
}

/// Ends the recording, once what happened is written; tells whether all of it is. Where runs went on, why something is not
/// was told when that was seen; `untold`: they did not, and it was not.
pub(crate) async fn close(history: Option<History>, untold: bool, printer: Printer) -> bool {
    let Some(history) = history else { return false };
    match tokio::time::timeout(PATIENCE, history.close()).await {
        Ok(Ok(())) => true,
        Ok(Err(why)) => {
            if untold {
                printer.warning(&format!("the end of the run is not recorded: {why}"), &[]);
            }
            false
        }
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            let text = format!("after {seconds} s, the end of the run is not recorded yet: it is given up");
            printer.warning(&text, &[]);
            false
        }
    }
}

/// The longest name, in bytes.
const LONGEST: usize = 128;

const ELSEWHERE: &str = "`--home DIR` names another place, `--no-history` does without";

/// A name for a run.
pub(crate) fn name(text: &str) -> Result<String, String> {
    if text == LATEST {
        return Err(format!("`{LATEST}` means the latest run, whatever its name"));
    }
    word("a name", text)
}

/// What can be typed anywhere, and stands for nothing else.
fn word(what: &str, text: &str) -> Result<String, String> {
    let is_fit = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    match text.chars().next() {
        _ if text.len() > LONGEST => Err(format!("{what} has at most {LONGEST} bytes")),
        Some(first) if first.is_alphanumeric() && text.chars().all(is_fit) => Ok(text.to_owned()),
        _ => Err(format!("{what} begins with a letter or a digit, and has letters, digits, `-`, `_` and `.`")),
    }
}

/// A label for a run, or to find it by.
pub(crate) fn label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("a label is KEY=VALUE")?;
    Ok((word("a label's key", key)?, value.to_owned()))
}

/// Labels by their keys.
///
/// # Errors
/// There are two with one key.
pub(crate) fn labels(given: &[(String, String)]) -> Result<BTreeMap<String, String>, Diagnosis> {
    let mut labels = BTreeMap::new();
    for (key, value) in given {
        if labels.insert(key.clone(), value.clone()).is_some() {
            return Err(Diagnosis::usage(format!("the label `{key}` is given twice: a run has one of a key")));
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_can_be_typed() {
        assert!(name("nightly-2.1_ä").is_ok());
        for bad in ["", "latest", "-x", "a b", "a/b", "@a", &"x".repeat(129)] {
            assert!(name(bad).is_err(), "{bad}");
        }
        assert_eq!(label("team=a=b"), Ok(("team".to_owned(), "a=b".to_owned())));
        assert!(label("team").is_err() && label("=a").is_err());
    }
}
