//! Builds that failed, and what to do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use flyte_host::build::{BuildError, Language, Remark};

use crate::diagnosis::{Diagnosis, unfit_hint};
use crate::exit::Exit;

/// How much of a long line is shown, in characters.
const WINDOW: usize = 100;

/// What to say of a build that failed. Of several errors in the author's files, how many there are.
pub(crate) fn of_build_error(error: &BuildError) -> Diagnosis {
    let text = error.to_string();
    let mut lines = text.lines();
    let diagnosis = Diagnosis::usage(lines.next().unwrap_or_default())
        .lines(lines.map(|line| format!("  {line}")))
        .causes_of(error);
    match error {
        BuildError::NotACrate { dir } => diagnosis.hint(programs_hint(dir)),
        BuildError::NoComponent { .. } => {
            diagnosis.hint("its Cargo.toml needs these lines:\n[lib]\ncrate-type = [\"cdylib\"]")
        }
        BuildError::Unfit { name, reason } => match unfit_hint(Path::new(name), reason) {
            Some(hint) => diagnosis.hint(hint),
            None => diagnosis,
        },
        BuildError::Tool { .. } => {
            diagnosis.hint("a crate is built with Rust's own tools; install them with rustup: https://rustup.rs")
        }
        BuildError::Path { path, .. } if path.is_dir() => diagnosis.hint("`--cache-dir DIR` names another place"),
        BuildError::Path { .. } => diagnosis.hint("give the file, or a directory above it, another name"),
        BuildError::Directory(_) => {
            diagnosis.hint("tools and what they build are kept there; `--cache-dir DIR` names another place")
        }
        BuildError::Interpreter { language, .. } => diagnosis.hint(interpreter_hint(*language)),
        BuildError::Program { program, .. } if program == "npm" => diagnosis
            .hint("npm comes with Node.js: https://nodejs.org; some systems have it as a package of its own"),
        BuildError::Tools { language, needs_network, said, .. } => {
            setup_hint(diagnosis.lines(quoted(said)), *language, *needs_network, said)
        }
        BuildError::Rustc { said, .. } => diagnosis
            .lines(quoted(said))
            .hint("a crate is built with the toolchain that its directory selects, Rust 1.82 or later"),
        BuildError::ToolVersion { language, .. } => {
            let client = client(*language);
            diagnosis.hint(format!(
                "look at {client}'s own configuration (`{client} config list`): a mirror may have another"
            ))
        }
        BuildError::Unanswered { program, .. } => {
            diagnosis.hint(format!("see what `{program} --version` waits for"))
        }
        BuildError::NeedsTerminal { program } if program == "cargo" => diagnosis.hint(
            "run `cargo fetch` in the crate's directory, and answer there; \
             where `stty tostop` is set, which keeps cargo from printing too, `stty -tostop` ends that",
        ),
        BuildError::NeedsTerminal { program } => {
            diagnosis.hint(format!("see what `{program}`, or what it started, wants to know: a password, say"))
        }
        BuildError::Driver { said, .. } => full_disk_hint(diagnosis.lines(quoted(said)), said),
        BuildError::Write { source, .. }
            if matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) =>
        {
            diagnosis.hint(ROOM)
        }
        BuildError::TooLong { said, .. } | BuildError::SetupTooLong { said, .. } => {
            diagnosis.lines(quoted(said)).hint("`--max-build-time TIME` gives it more")
        }
        BuildError::Source { file, remarks } => match remarks.as_slice() {
            [remark] => of_remark(remark),
            many => Diagnosis::usage(format!("{} cannot be built: {} errors", file.display(), many.len())),
        },
        _ => diagnosis,
    }
}

/// An error in the author's file.
pub(crate) fn of_remark(remark: &Remark) -> Diagnosis {
    let diagnosis = Diagnosis::new(Exit::BadInput, &remark.message).lines(remark_lines(remark));
    match &remark.help {
        Some(help) => diagnosis.hint(help),
        None => diagnosis,
    }
}

/// Where it is, as rustc shows it: the place, the line, and a caret under the column.
pub(crate) fn remark_lines(remark: &Remark) -> Vec<String> {
    let Some(place) = &remark.place else { return Vec::new() };
    let file = shown(&place.file);
    let Some(line) = place.line else { return vec![format!(" --> {file}")] };
    let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let mut lines = vec![format!("{margin}--> {file}:{line}{column}")];
    let Some(source) = place.source.as_deref().filter(|source| !source.trim().is_empty()) else { return lines };
    let (text, caret) = window(source.trim_end(), place.column);
    lines.push(format!("{margin} |"));
    lines.push(format!("{number} | {text}"));
    if let Some(caret) = caret {
        lines.push(format!("{margin} | {}^", " ".repeat(caret)));
    }
    lines
}

/// The part of a line around a column that is shown, and how far in it the column is. A tab is four wide.
fn window(source: &str, column: Option<u32>) -> (String, Option<usize>) {
    let column = column.map(|column| column as usize - 1);
    let first = column.map_or(0, |column| column.saturating_sub(WINDOW * 3 / 4));
    let (mut text, mut caret) = (String::from(if first > 0 { "…" } else { "" }), None);
    for (index, letter) in source.chars().enumerate().skip(first).take(WINDOW) {
        if Some(index) == column {
            caret = Some(text.chars().count());
        }
        match letter {
            '\t' => text.push_str("    "),
            letter => text.push(letter),
        }
    }
    // One past the end is where something is missing.
    let caret = caret.or_else(|| column.map(|_| text.chars().count()));
    if source.chars().nth(first + WINDOW).is_some() {
        text.push('…');
    }
    (text, caret)
}

/// A file as its author calls it: from where he is, if it is below.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().and_then(|here| file.strip_prefix(here).ok().map(PathBuf::from));
    below.unwrap_or_else(|| file.to_owned()).display().to_string()
}

fn quoted(said: &[String]) -> impl Iterator<Item = String> {
    said.iter().map(|line| format!("  | {line}"))
}

fn interpreter_hint(language: Language) -> &'static str {
    match language {
        Language::JavaScript => "install Node.js, with npm: https://nodejs.org",
        _ => {
            "install Python, with venv and pip: https://www.python.org (`apt install python3-venv` on Debian and Ubuntu, \
             `brew install python` on macOS)"
        }
    }
}

fn setup_hint(diagnosis: Diagnosis, language: Language, needs_network: bool, said: &[String]) -> Diagnosis {
    let says = |words: &[&str]| said.iter().any(|line| words.iter().any(|word| line.contains(word)));
    if says(&["ensurepip", "No module named venv", "No module named pip"]) {
        return diagnosis
            .hint("install venv and pip of this Python too (`apt install python3-venv` on Debian and Ubuntu)");
    }
    if says(&FULL) || !needs_network {
        return full_disk_hint(diagnosis, said);
    }
    let client = client(language);
    diagnosis
        .hint(format!("this needs the network once; a mirror or a proxy is set in {client}'s own configuration"))
}

/// What installs a language's packages.
fn client(language: Language) -> &'static str {
    if language == Language::JavaScript { "npm" } else { "pip" }
}

const ROOM: &str = "the disk is full; `--cache-dir DIR` names another place, `flyte-host cache clear` makes room";
const FULL: [&str; 3] = ["No space left", "ENOSPC", "Disk quota exceeded"];

fn full_disk_hint(diagnosis: Diagnosis, said: &[String]) -> Diagnosis {
    match said.iter().any(|line| FULL.iter().any(|word| line.contains(word))) {
        true => diagnosis.hint(ROOM),
        false => diagnosis,
    }
}

/// What else in a directory may have been meant.
fn programs_hint(dir: &Path) -> String {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut programs: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_file() && Language::of(path).is_some()).collect();
    programs.sort();
    match programs.as_slice() {
        [] => "a component is a .wasm file, a crate's directory, or a .py, .js, .mjs or .ts file".to_owned(),
        [program] => format!("give the program itself: `{}`", program.display()),
        [program, ..] => format!("give the program itself, such as `{}`", program.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_is_under_its_column() {
        assert_eq!(window("def f(x:", Some(8)), ("def f(x:".to_owned(), Some(7)));
        assert_eq!(window("\tx = é!", Some(7)), ("    x = é!".to_owned(), Some(9)));
        assert_eq!(window("f(", Some(3)), ("f(".to_owned(), Some(2)));
        let long = "a".repeat(300);
        let (text, caret) = window(&long, Some(200));
        assert!(text.chars().count() <= WINDOW + 2 && caret == Some(76), "{text} {caret:?}");
    }
}
