//! Values as the command line gives them: in place, in a file, or on standard input.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use flyte_host::record::plain::{self, PlainError};
use flyte_host::record::{Json, Schema, Shape};

use crate::diagnosis::{Complaint, Diagnosis};

/// Where a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin<'t> {
    /// `ada`, or `@@home` for text that begins with an @.
    Here(&'t str),
    /// `@batch.json`.
    File(&'t str),
    /// `-` and `@-`.
    Stdin,
    /// `@run:nightly`, `@run:nightly/a3`: an output of an earlier run.
    Run(&'t str),
}

/// What begins a reference to a run. Without the `@` it is one where the type takes no such text.
const RUN: &str = "run:";

/// Reads the output of the run that is meant, `NAME` or `NAME/ACTION`.
type Runs = Box<dyn Fn(&str) -> Result<Json, Diagnosis>>;

impl<'t> Origin<'t> {
    fn of(text: &'t str) -> Self {
        match text.strip_prefix('@') {
            Some("-") => Self::Stdin,
            Some(rest) if rest.starts_with('@') => Self::Here(rest),
            Some(rest) if rest.starts_with(RUN) => Self::Run(&rest[RUN.len()..]),
            Some(path) => Self::File(path),
            None if text == "-" => Self::Stdin,
            None => Self::Here(text),
        }
    }
}

/// Reads values. Standard input can be read once.
pub(crate) struct Values {
    stdin: Box<dyn FnMut() -> io::Result<Vec<u8>>>,
    /// The flag that has read standard input.
    taken_by: Option<String>,
    /// Whether values matter at all.
    is_read: bool,
    /// Where files are, if not in the present directory.
    directory: Option<PathBuf>,
    /// Where outputs of earlier runs are.
    runs: Option<Runs>,
}

/// What kind of text a file holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Yaml,
    Other,
}

/// Bytes from outside the command line, and how to call them in messages.
struct Fetched {
    bytes: Vec<u8>,
    name: String,
    format: Format,
}

impl Values {
    /// Reads from this process's standard input, and files in `directory`, if not in the present one. `note` is told where a
    /// person is waited for.
    pub(crate) fn new(note: impl Fn(&str) + 'static, directory: Option<&Path>) -> Self {
        let values = Self::with_stdin(move || {
            if io::stdin().is_terminal() {
                note("reading standard input; end it with Ctrl-D");
            }
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        Self { directory: directory.map(Path::to_owned), ..values }
    }

    /// Reads outputs of earlier runs too.
    #[must_use]
    pub(crate) fn with_runs(mut self, runs: impl Fn(&str) -> Result<Json, Diagnosis> + 'static) -> Self {
        self.runs = Some(Box::new(runs));
        self
    }

    /// Reads nothing, and takes every value for null: for a look at the words of a line.
    pub(crate) fn unread() -> Self {
        Self { is_read: false, ..Self::with_stdin(|| Ok(Vec::new())) }
    }

    fn with_stdin(stdin: impl FnMut() -> io::Result<Vec<u8>> + 'static) -> Self {
        Self { stdin: Box::new(stdin), taken_by: None, is_read: true, directory: None, runs: None }
    }

    /// Reads the value that `flag` gives as `text`, as far as its type matters: whether it conforms is not checked.
    pub(crate) fn read(&mut self, flag: &str, text: &str, schema: &Schema) -> Result<Json, Complaint> {
        if !self.is_read {
            return Ok(Json::null());
        }
        let fetched = match Origin::of(text) {
            Origin::Here(text) => match (plain::read(schema, text), text.strip_prefix(RUN)) {
                // No text of this type looks so.
                (Err(_), Some(reference)) => return self.of_run(flag, reference),
                (read, _) => return read.map_err(|error| refused(flag, schema, None, error)),
            },
            Origin::Run(reference) => return self.of_run(flag, reference),
            elsewhere => self.fetch(flag, &elsewhere, takes_text(schema))?,
        };
        let Fetched { bytes, name, format } = fetched;
        match format {
            Format::Json => Json::from_utf8(bytes).map_err(|error| Complaint::syntax(flag, Some(&name), &error)),
            Format::Yaml => yaml(flag, bytes, &name),
            Format::Other => {
                let text = utf8(flag, bytes, &name)?;
                // A whole file's text is meant as it is; a line that another program printed ends with its line.
                if takes_text(schema) && name != STDIN {
                    return Ok(Json::string(&text));
                }
                let line = text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line));
                plain::read(schema, line).map_err(|error| refused(flag, schema, Some(&name), error))
            }
        }
    }

    /// Reads a JSON value of no particular type: all parameters at once.
    pub(crate) fn read_json(&mut self, flag: &str, text: &str) -> Result<Json, Complaint> {
        if !self.is_read {
            return Ok(Json::null());
        }
        match Origin::of(text) {
            Origin::Here(text) if text.starts_with(RUN) => self.of_run(flag, &text[RUN.len()..]),
            Origin::Here(text) => Json::parse(text).map_err(|error| Complaint::syntax(flag, None, &error)),
            Origin::Run(reference) => self.of_run(flag, reference),
            elsewhere => {
                let Fetched { bytes, name, format } = self.fetch(flag, &elsewhere, false)?;
                match format {
                    Format::Yaml => yaml(flag, bytes, &name),
                    _ => Json::from_utf8(bytes).map_err(|error| Complaint::syntax(flag, Some(&name), &error)),
                }
            }
        }
    }

    fn fetch(&mut self, flag: &str, origin: &Origin<'_>, takes_text: bool) -> Result<Fetched, Complaint> {
        let path = match origin {
            Origin::Here(text) | Origin::Run(text) | Origin::File(text @ "") => {
                return Err(Complaint::new(flag, format!("no file is named after the @{text}"))
                    .hint("`@FILE` reads a file; `@@` begins a text that starts with one @"));
            }
            Origin::Stdin => return self.stdin(flag),
            Origin::File(path) => PathBuf::from(path),
        };
        let place = self.directory.as_ref().map_or_else(|| path.clone(), |directory| directory.join(&path));
        match std::fs::read(&place) {
            Ok(bytes) => Ok(Fetched { bytes, name: path.display().to_string(), format: Format::of(&path) }),
            Err(error) => {
                let complaint = Complaint::new(flag, format!("cannot read {}: {error}", path.display()));
                Err(match takes_text && error.kind() == io::ErrorKind::NotFound {
                    true => complaint.hint(format!("for the text `@{0}` itself, write `@@{0}`", path.display())),
                    false => complaint,
                })
            }
        }
    }

    /// The output of an earlier run.
    fn of_run(&self, flag: &str, reference: &str) -> Result<Json, Complaint> {
        let Some(runs) = &self.runs else { return Err(Complaint::new(flag, "there are no earlier runs here")) };
        runs(reference).map_err(|diagnosis| {
            let reason = std::iter::once(diagnosis.headline).chain(diagnosis.causes).collect::<Vec<_>>().join(": ");
            let complaint = Complaint::new(flag, reason);
            diagnosis.hints.into_iter().fold(complaint, Complaint::hint)
        })
    }

    fn stdin(&mut self, flag: &str) -> Result<Fetched, Complaint> {
        if let Some(first) = &self.taken_by {
            return Err(Complaint::new(flag, format!("standard input was already read, by {first}")));
        }
        self.taken_by = Some(flag.to_owned());
        let bytes =
            (self.stdin)().map_err(|error| Complaint::new(flag, format!("cannot read standard input: {error}")))?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Complaint::new(flag, "standard input is empty")
                .hint("where another program writes to it, that one has failed: its own message says why"));
        }
        Ok(Fetched { bytes, name: STDIN.to_owned(), format: Format::Other })
    }
}

const STDIN: &str = "standard input";

impl Format {
    fn of(path: &Path) -> Self {
        match path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).as_deref() {
            Some("json") => Self::Json,
            Some("yaml" | "yml") => Self::Yaml,
            _ => Self::Other,
        }
    }
}

/// Whether a value of this type is plain text, whatever it looks like.
fn takes_text(schema: &Schema) -> bool {
    match schema.shape() {
        Shape::String => true,
        Shape::Nullable(inner) => takes_text(&inner),
        _ => false,
    }
}

fn utf8(flag: &str, bytes: Vec<u8>, name: &str) -> Result<String, Complaint> {
    String::from_utf8(bytes).or_else(|error| {
        // The reader of JSON tells where the bytes go wrong, and shows the place.
        match Json::from_utf8(error.into_bytes()) {
            Err(error) => Err(Complaint::syntax(flag, Some(name), &error)),
            Ok(json) => Ok(json.into()),
        }
    })
}

fn yaml(flag: &str, bytes: Vec<u8>, name: &str) -> Result<Json, Complaint> {
    let text = utf8(flag, bytes, name)?;
    Json::from_yaml(&text).map_err(|error| Complaint::syntax(flag, Some(name), &error))
}

fn refused(flag: &str, schema: &Schema, origin: Option<&str>, error: PlainError) -> Complaint {
    match error {
        PlainError::Syntax(error) if takes_text(schema) => Complaint::syntax(flag, origin, &error)
            .hint("text between double quotes is read as a JSON string: inside it, quotes are written `\\\"`"),
        PlainError::Syntax(error) => Complaint::syntax(flag, origin, &error),
        other => {
            Complaint::new(flag, origin.map(|name| format!("{name}: ")).unwrap_or_default() + &other.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Schema {
        Schema::compile(text).unwrap()
    }

    fn text() -> Schema {
        schema(r#"{"type":"string"}"#)
    }

    fn values(stdin: &'static str) -> Values {
        Values::with_stdin(move || Ok(stdin.as_bytes().to_vec()))
    }

    fn lines(complaint: &Complaint) -> String {
        crate::diagnosis::of_input("t", std::slice::from_ref(complaint)).body.join("\n")
    }

    #[test]
    fn an_at_sign_reads_a_file_and_two_begin_a_text() {
        let file = std::env::temp_dir().join(format!("flyte-host-value-{}.txt", std::process::id()));
        std::fs::write(&file, "two\nlines\n").unwrap();
        let read = values("").read("--t", &format!("@{}", file.display()), &text()).unwrap();
        assert_eq!(read.as_string().as_deref(), Some("two\nlines\n"));
        std::fs::remove_file(&file).unwrap();
        let read = values("").read("--t", "@@home", &text()).unwrap();
        assert_eq!(read.as_string().as_deref(), Some("@home"));
        let missing = values("").read("--t", "@no/such.json", &text()).unwrap_err();
        assert!(lines(&missing).contains("--t: cannot read no/such.json: No such file"), "{missing:?}");
    }

    #[test]
    fn a_printed_line_is_a_text_without_its_end() {
        for stdin in ["ada\n", "ada\r\n", "ada", "\"ada\"\n"] {
            assert_eq!(values(stdin).read("--t", "-", &text()).unwrap().as_string().as_deref(), Some("ada"));
        }
    }

    #[test]
    fn what_stands_in_quotes_is_json() {
        let error = values("").read("--t", r#""\ud800""#, &text()).unwrap_err();
        assert!(lines(&error).contains("--t: malformed JSON at line 1, column"), "{error:?}");
        assert!(format!("{error:?}").contains("read as a JSON string"), "{error:?}");
    }

    #[test]
    fn an_earlier_output_is_a_value_where_no_text_is_meant() {
        let mut values = values("").with_runs(|reference| match reference {
            "nightly/a3" => Ok(Json::string("out")),
            other => Err(Diagnosis::usage(format!("there is no run `{other}`"))),
        });
        let list = schema(r#"{"type":"array","items":{"type":"string"}}"#);
        let mut read = |text: &str, schema: &Schema| values.read("--t", text, schema).map(|json| json.compact());
        for reference in ["run:nightly/a3", "@run:nightly/a3"] {
            assert_eq!(read(reference, &list).as_deref(), Ok(r#""out""#));
        }
        // A text stays what it was.
        assert_eq!(read("run:nightly/a3", &text()).as_deref(), Ok(r#""run:nightly/a3""#));
        assert_eq!(read("@run:nightly/a3", &text()).as_deref(), Ok(r#""out""#));
        assert_eq!(read("@@run:nightly/a3", &text()).as_deref(), Ok(r#""@run:nightly/a3""#));
        let mixed = schema(r#"{"enum":["run:x",1]}"#);
        assert_eq!(read("run:x", &mixed).as_deref(), Ok(r#""run:x""#));
        assert!(lines(&read("run:weekly", &list).unwrap_err()).contains("--t: there is no run `weekly`"));
        assert_eq!(values.read_json("--inputs", "run:nightly/a3").unwrap().compact(), r#""out""#);
    }

    #[test]
    fn standard_input_is_read_once() {
        let mut values = values("[1]");
        let list = schema(r#"{"type":"array","items":{"type":"integer"}}"#);
        assert_eq!(values.read("--a", "@-", &list).unwrap().as_str(), "[1]");
        let second = values.read("--b", "-", &list).unwrap_err();
        assert!(lines(&second).contains("--b: standard input was already read, by --a"));
    }

    #[test]
    fn empty_standard_input_is_told_as_such() {
        let error = values(" \n").read("--a", "-", &text()).unwrap_err();
        assert!(lines(&error).contains("--a: standard input is empty"));
    }

    #[test]
    fn malformed_json_is_shown_with_its_place() {
        let record =
            schema(r#"{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}"#);
        let error = values("{\"a\":1,\n \"b\" 2}").read("--r", "-", &record).unwrap_err();
        let lines = lines(&error);
        assert!(lines.contains("--r: standard input: malformed JSON at line 2, column 6"), "{lines}");
        assert!(lines.contains("^"), "{lines}");
    }
}
