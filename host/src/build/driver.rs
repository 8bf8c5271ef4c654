//! Starts a language's driver, and understands what it says: one JSON object a line.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use serde::Deserialize;

use crate::build::inputs::{Inputs, unreadable};
use crate::build::process::{Stream, Unfinished, follow};
use crate::build::tools::{Tools, keep_last};
use crate::build::watch::Watch;
use crate::build::{BuildError, BuildEvent, Place, Remark};

/// What a driver says.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Message {
    Progress {
        text: String,
    },
    Input {
        path: PathBuf,
    },
    /// A file that is not there, and that the output would depend on if it were.
    Absent {
        path: PathBuf,
    },
    Warning(Said),
    Error(Said),
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Said {
    message: String,
    file: Option<PathBuf>,
    line: Option<u32>,
    column: Option<u32>,
    source: Option<String>,
    help: Option<String>,
}

/// Has the driver build `source` to `output`, and gives the files that the output depends on. `file` is the source as its
/// author calls it.
pub(super) fn drive(
    tools: &Tools,
    file: &Path,
    source: &Path,
    output: &Path,
    work: &Path,
    watch: &mut Watch<'_>,
) -> Result<Inputs, BuildError> {
    let mut command = tools.driver();
    command.arg("--source").arg(source).arg("--output").arg(output);
    command.arg("--wit").arg(tools.contract()).arg("--work").arg(work).current_dir(work);
    let (mut inputs, mut errors, mut said) = (Inputs::default(), Vec::new(), Vec::new());
    let Watch { tell, stop, longest } = watch;
    let longest = *longest;
    let ended = follow(command, Some(longest), stop, &mut |stream, line| {
        let message = serde_json::from_str(&line).ok().filter(|_| stream == Stream::Out);
        match message {
            Some(Message::Progress { text }) => tell(BuildEvent::Note(&text)),
            Some(Message::Input { path }) => inputs.there.push(path),
            Some(Message::Absent { path }) => inputs.absent.push(path),
            Some(Message::Warning(said)) => {
                tell(BuildEvent::Warning { file, remark: &said.into_remark(source) });
            }
            Some(Message::Error(said)) => errors.push(said.into_remark(source)),
            // The last of them are shown, should it come to nothing.
            None => keep_last(&mut said, line),
        }
    });
    let file = file.to_owned();
    let program = || tools.driver().get_program().to_string_lossy().into_owned();
    match ended {
        Ok(_) if !errors.is_empty() => Err(BuildError::Source { file, remarks: errors }),
        Ok(status) if status.success() && output.is_file() => Ok(inputs),
        Ok(status) => {
            // What can't be read is no fault of the tools, whatever they said of it.
            let vanished = inputs.vanished().map(Path::to_owned);
            let unreadable = unreadable(&inputs.complete(tools.language(), source));
            Err(match (vanished, unreadable) {
                (Some(path), _) => BuildError::Vanished { path, file },
                (None, Some((path, source))) => BuildError::Read { path, source },
                (None, None) => BuildError::Driver { file, how: how(status), said },
            })
        }
        Err(Unfinished::System(source)) => Err(BuildError::Program { program: program(), source }),
        Err(Unfinished::NeedsTerminal) => Err(BuildError::NeedsTerminal { program: program() }),
        Err(Unfinished::Stopped) => Err(BuildError::Stopped),
        Err(Unfinished::TooLong) => Err(BuildError::TooLong { file, longest, said }),
    }
}

fn how(status: ExitStatus) -> String {
    if status.success() {
        return "made no component, and did not say why".to_owned();
    }
    match status.code() {
        Some(1) => "found an error, and did not say which".to_owned(),
        Some(code) => format!("failed with exit code {code}"),
        None => format!("was ended ({status})"),
    }
}

impl Said {
    fn into_remark(self, program: &Path) -> Remark {
        let beside = program.parent().unwrap_or(Path::new("/"));
        let place = self.file.map(|file| {
            let file = beside.join(file);
            let line = self.line.filter(|line| *line > 0);
            let source = self.source.or_else(|| line_of(&file, line?));
            Place { file, line, column: self.column.filter(|column| *column > 0), source }
        });
        Remark { message: self.message, place, help: self.help.filter(|help| !help.trim().is_empty()) }
    }
}

fn line_of(file: &Path, line: u32) -> Option<String> {
    let text = std::fs::read(file).ok()?;
    String::from_utf8_lossy(&text).lines().nth(usize::try_from(line).ok()?.checked_sub(1)?).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_with_what_they_leave_out() {
        let message: Message =
            serde_json::from_str(r#"{"type":"error","message":"m","file":null,"line":3}"#).unwrap();
        let Message::Error(said) = message else { panic!("{message:?}") };
        assert_eq!(
            said.into_remark(Path::new("/a/b.py")),
            Remark { message: "m".to_owned(), place: None, help: None }
        );
        let progress: Message = serde_json::from_str(r#"{"type":"progress","text":"t"}"#).unwrap();
        assert_eq!(progress, Message::Progress { text: "t".to_owned() });
        assert!(serde_json::from_str::<Message>("Traceback").is_err());
    }
}
