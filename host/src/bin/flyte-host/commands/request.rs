//! How a run was asked for, so that it can be asked for again: what is recorded of a `run` command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde::{Deserialize, Serialize};

use crate::args::{Args, Command, RerunArgs, RunArgs};
use crate::diagnosis::Diagnosis;

/// The version of what is written here.
const VERSION: u32 = 1;

/// A `run` command without its task line. As JSON, it is kept with the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    version: u32,
    /// The directory in which it was given.
    pub directory: PathBuf,
    /// COMPONENT, as it was given.
    pub component: PathBuf,
    /// The words up to COMPONENT, without the program's name.
    words: Vec<String>,
    /// The `rerun` commands that led from there to here, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reruns: Vec<Rerun>,
}

/// A `rerun` command, up to RUN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rerun {
    directory: PathBuf,
    words: Vec<String>,
}

impl Request {
    /// This process's command; `None` where it cannot be told in words.
    pub(crate) fn of_this_process(args: &RunArgs) -> Option<Self> {
        let (words, directory) = (words_before(&args.task_line)?, std::env::current_dir().ok()?);
        let component = args.component.clone();
        Some(Self { version: VERSION, directory, component, words, reruns: Vec::new() })
    }

    /// The same, with this process's `rerun` command on top; `None` where that cannot be told in words.
    pub(crate) fn and_this_process(mut self, args: &RerunArgs, directory: &Path) -> Option<Self> {
        let words = words_before(&args.words)?;
        self.reruns.push(Rerun { directory: directory.to_owned(), words });
        Some(self)
    }

    /// As it is kept; `None` where a path in it is not UTF-8.
    pub(crate) fn to_text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Reads what is kept of the run of this id.
    ///
    /// # Errors
    /// Nothing is kept, or nothing that this version knows.
    pub(crate) fn of_text(text: Option<&str>, run: &str) -> Result<Self, Diagnosis> {
        let Some(text) = text else {
            return Err(Diagnosis::usage(format!("nothing tells how run {run} was started"))
                .hint("a program started it, or its command has words that are not UTF-8"));
        };
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let wrong = |error: &dyn std::fmt::Display| {
            Diagnosis::usage(format!("what tells how run {run} was started can't be read")).cause(error)
        };
        let Versioned { version } = serde_json::from_str(text).map_err(|error| wrong(&error))?;
        if version != VERSION {
            return Err(wrong(&format!("its version is {version}, and this flyte-host knows {VERSION}")));
        }
        serde_json::from_str(text).map_err(|error| wrong(&error))
    }

    /// The command's arguments. Goes to its directory, which relative paths in them start from.
    ///
    /// # Errors
    /// They are none any more, or the directory is gone.
    pub(crate) fn args(&self) -> Result<RunArgs, Diagnosis> {
        go_to(&self.directory)?;
        let Command::Run(mut args) = parsed(&self.words, None)? else {
            return Err(Diagnosis::usage("what was recorded is no `run` command"));
        };
        for Rerun { directory, words } in &self.reruns {
            go_to(directory)?;
            // The run itself is not among the words.
            if let Command::Rerun(rerun) = parsed(words, Some("latest"))? {
                rerun.apply(&mut args, directory);
            }
        }
        go_to(&self.directory)?;
        Ok(*args)
    }
}

/// This process's words without the last ones, which are these, and without the program's name.
fn words_before(last: &[OsString]) -> Option<Vec<String>> {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words = words.strip_suffix(last)?;
    words.iter().map(|word| word.to_str().map(str::to_owned)).collect()
}

fn parsed(words: &[String], last: Option<&str>) -> Result<Command, Diagnosis> {
    let words = std::iter::once("flyte-host").chain(words.iter().map(String::as_str)).chain(last);
    Args::try_parse_from(words).map(|args| args.command).map_err(|error| {
        let text = error.render().to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Diagnosis::usage("this flyte-host does not take the recorded command any more").cause(first)
    })
}

fn go_to(directory: &Path) -> Result<(), Diagnosis> {
    std::env::set_current_dir(directory).map_err(|error| {
        let headline = format!("the command was given in {}, which can't be used now", directory.display());
        Diagnosis::usage(headline).cause(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        let words = ["--quiet", "run", "--max-actions", "7", "t.wasm"].map(str::to_owned).to_vec();
        Request { version: VERSION, directory: "/".into(), component: "t.wasm".into(), words, reruns: Vec::new() }
    }

    #[test]
    fn it_is_read_as_it_was_kept() {
        let request = request();
        let text = request.to_text().unwrap();
        assert_eq!(
            text,
            r#"{"version":1,"directory":"/","component":"t.wasm","words":["--quiet","run","--max-actions","7","t.wasm"]}"#
        );
        assert_eq!(Request::of_text(Some(&text), "r1").unwrap(), request);
        assert_eq!(request.args().unwrap().limits.max_actions, 7);
        let words = ["rerun", "--max-actions", "9"].map(str::to_owned).to_vec();
        let again = Request { reruns: vec![Rerun { directory: "/".into(), words }], ..request };
        let again = Request::of_text(Some(&again.to_text().unwrap()), "r1").unwrap();
        assert_eq!(again.args().unwrap().limits.max_actions, 9);
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_what_it_is() {
        let refused = |text: Option<&str>| Request::of_text(text, "r1").unwrap_err();
        assert_eq!(refused(None).headline, "nothing tells how run r1 was started");
        assert!(refused(Some(r#"{"version":9,"more":1}"#)).causes[0].contains("its version is 9"));
        assert!(refused(Some("mine")).headline.contains("can't be read"));
        let words = vec!["cache".to_owned(), "info".to_owned()];
        assert!(Request { words, ..request() }.args().unwrap_err().headline.contains("no `run` command"));
        let words = vec!["run".to_owned(), "--gone".to_owned(), "t.wasm".to_owned()];
        assert!(Request { words, ..request() }.args().unwrap_err().causes[0].contains("--gone"));
        let gone = Request { directory: "/no/such/directory".into(), ..request() };
        assert!(gone.args().unwrap_err().headline.contains("/no/such/directory"));
    }
}
