//! The one place that prints: data on standard output, everything else on standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use flyte_host::build::BuildError;
use flyte_host::record::Json;
use flyte_host::report::{Detail, printable, printable_json};

use crate::args::{Color, OutputFormat, Telling};
use crate::diagnosis::{Diagnosis, of_remark};
use crate::exit::Exit;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const CAUSE: Style = AnsiColor::Red.on_default();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Prints. It holds settings only, so all copies are alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    detail: Detail,
    color: bool,
}

impl Printer {
    pub(crate) fn new(telling: &Telling) -> Self {
        let color = match telling.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(&io::stderr()) != ColorChoice::Never,
        };
        let detail = match telling {
            Telling { quiet: true, .. } => Detail::Nothing,
            Telling { verbose: true, .. } => Detail::Everything,
            _ => Detail::Notable,
        };
        Self { detail, color }
    }

    /// How much is to be told.
    pub(crate) fn detail(self) -> Detail {
        self.detail
    }

    /// Prints one JSON value: over several lines for a person, in one line for a program.
    pub(crate) fn json(self, value: &Json, format: OutputFormat) -> Result<(), Diagnosis> {
        self.data(&as_text(value, format, io::stdout().is_terminal()))
    }

    /// Prints data and a line break.
    pub(crate) fn data(self, text: &str) -> Result<(), Diagnosis> {
        written(write_data(&mut io::stdout().lock(), text))
    }

    /// Tells what goes on, unless that is unwanted.
    pub(crate) fn note(self, text: &str) {
        if self.detail != Detail::Nothing {
            self.styled(&format!("{}\n", printable(text)));
        }
    }

    /// Tells what is not as it should be, and what to do about it, unless that is unwanted. The command goes on.
    pub(crate) fn warning(self, text: &str, hints: &[&str]) {
        if self.detail != Detail::Nothing {
            let mut lines = format!("{WARNING}warning{WARNING:#}: {}\n", continued(text, 2));
            for hint in hints {
                lines += &format!("{HINT}hint{HINT:#}: {}\n", continued(hint, 2));
            }
            self.styled(&lines);
        }
    }

    /// As [`Printer::warning`], with lines below the first that are laid out already.
    pub(crate) fn warning_as_is(self, lines: &[String], hints: &[&str]) {
        if self.detail == Detail::Nothing {
            return;
        }
        let (first, rest) = lines.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let mut text = format!("{WARNING}warning{WARNING:#}: {}\n", continued(first, 2));
        for line in rest {
            text += &format!("{}\n", printable(line));
        }
        for hint in hints {
            text += &format!("{HINT}hint{HINT:#}: {}\n", continued(hint, 2));
        }
        text.push('\n');
        self.styled(&text);
    }

    /// Tells all that is wrong with an author's files, one after the other, where it is more than one thing.
    pub(crate) fn errors_of(self, error: &BuildError) {
        if let BuildError::Source { remarks, .. } = error
            && remarks.len() > 1
        {
            for remark in remarks {
                self.styled(&format!("{}\n", laid_out(&of_remark(remark))));
            }
        }
    }

    /// Tells what went wrong.
    pub(crate) fn error(self, diagnosis: &Diagnosis) {
        self.styled(&laid_out(diagnosis));
    }

    /// Writes whole lines that have ANSI styles in them, at once, so that no other line gets in between.
    pub(crate) fn styled(self, lines: &str) {
        let mut stderr = io::stderr().lock();
        // Nobody could be told that standard error is gone.
        let _ = match self.color {
            true => stderr.write_all(lines.as_bytes()),
            false => stderr.write_all(anstream::adapter::strip_str(lines).to_string().as_bytes()),
        };
    }
}

/// Data that comes line by line, printed in larger pieces.
pub(crate) struct Lines {
    printer: Printer,
    text: String,
    printed: Result<(), Diagnosis>,
}

impl Lines {
    /// How much is printed at once, in bytes.
    const PIECE: usize = 64 << 10;

    pub(crate) fn new(printer: Printer) -> Self {
        Self { printer, text: String::new(), printed: Ok(()) }
    }

    /// One line, which is fit for a terminal.
    pub(crate) fn text(&mut self, line: &str) {
        if self.text.len() + line.len() > Self::PIECE {
            self.print();
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text += line;
    }

    /// One JSON value.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.text(&printable_json(&text)),
            Err(error) => self.printed = Err(Diagnosis::new(Exit::HostFault, "cannot write JSON").cause(error)),
        }
    }

    /// Prints what is left.
    ///
    /// # Errors
    /// Something could not be printed.
    pub(crate) fn end(mut self) -> Result<(), Diagnosis> {
        self.print();
        self.printed
    }

    fn print(&mut self) {
        if !self.text.is_empty() && self.printed.is_ok() {
            self.printed = self.printer.data(&self.text);
        }
        self.text.clear();
    }
}

/// What is printed of a value. A program gets it as it is; a terminal is not given what it would obey.
fn as_text(value: &Json, format: OutputFormat, to_terminal: bool) -> String {
    match (value.as_string().filter(|_| format == OutputFormat::Raw), to_terminal) {
        (Some(text), true) => printable(&text).into_owned(),
        (Some(text), false) => text,
        (None, true) => printable_json(&value.pretty()).into_owned(),
        (None, false) => value.compact(),
    }
}

fn write_data(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A reader that has left had enough; any other failure to write means that data is lost.
pub(crate) fn written(result: io::Result<()>) -> Result<(), Diagnosis> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Diagnosis::new(Exit::HostFault, "cannot write to standard output").cause(error))
        }
        _ => Ok(()),
    }
}

fn laid_out(diagnosis: &Diagnosis) -> String {
    let mut text = format!("{ERROR}error{ERROR:#}: {}\n", continued(&diagnosis.headline, 2));
    for line in &diagnosis.body {
        text += &format!("{}\n", printable(line));
    }
    for cause in &diagnosis.causes {
        text += &format!("  {CAUSE}caused by{CAUSE:#}: {}\n", continued(cause, 4));
    }
    for hint in &diagnosis.hints {
        text += &format!("{HINT}hint{HINT:#}: {}\n", continued(hint, 2));
    }
    text
}

/// The text with all lines but the first indented.
fn continued(text: &str, indent: usize) -> String {
    printable(text.trim_end()).replace('\n', &format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_in_its_parts() {
        let diagnosis = Diagnosis::new(Exit::BadInput, "first\nsecond")
            .line("  a.b: missing")
            .cause("one")
            .cause("two\nand more")
            .hint("try this");
        let text = anstream::adapter::strip_str(&laid_out(&diagnosis)).to_string();
        let expected = "error: first\n  second\n  a.b: missing\n  caused by: one\n  caused by: two\n    and more\n\
                        hint: try this\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_a_guest_says_cannot_reach_the_terminal_raw() {
        let diagnosis = Diagnosis::new(Exit::TaskFailed, "bad \u{1b}[2Jidea").cause("ri\u{7}ng");
        let text = anstream::adapter::strip_str(&laid_out(&diagnosis)).to_string();
        assert_eq!(text, "error: bad idea\n  caused by: ring\n");
    }

    #[test]
    fn a_result_reaches_a_terminal_without_controls_and_a_pipe_as_it_is() {
        let value = Json::parse("\"a\u{9b}2J\\u001b[2J\"").unwrap();
        assert_eq!(as_text(&value, OutputFormat::Json, true), r#""a\u009b2J\u001b[2J""#);
        assert_eq!(as_text(&value, OutputFormat::Json, false), value.as_str());
        let raw = as_text(&value, OutputFormat::Raw, true);
        assert!(!raw.contains(char::is_control), "{raw:?}");
        assert_eq!(as_text(&value, OutputFormat::Raw, false), "a\u{9b}2J\u{1b}[2J");
    }

    #[test]
    fn data_ends_with_one_line_break() {
        let mut out = Vec::new();
        write_data(&mut out, "{}").unwrap();
        assert_eq!(out, b"{}\n");
    }

    #[test]
    fn a_reader_that_left_is_no_error_and_a_full_disk_is() {
        assert!(written(Err(ErrorKind::BrokenPipe.into())).is_ok());
        let full = written(Err(ErrorKind::StorageFull.into())).unwrap_err();
        assert_eq!(full.exit, Exit::HostFault);
    }
}
