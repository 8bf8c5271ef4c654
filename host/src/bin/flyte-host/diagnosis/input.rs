//! Inputs that cannot be used, field by field.

use flyte_host::record::{InputError, Problem, SyntaxError, Violation};
use flyte_host::report::visible;

use crate::diagnosis::Diagnosis;

/// One thing that is wrong with the flags of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The flag as the user wrote it, or the path of a field.
    subject: String,
    message: String,
    /// The offending line and the caret under it.
    snippet: Option<String>,
    hint: Option<String>,
}

impl Complaint {
    pub(crate) fn new(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { subject: subject.into(), message: message.into(), snippet: None, hint: None }
    }

    /// A text that is no JSON. `origin` says where the text came from, if not from the command line.
    pub(crate) fn syntax(subject: impl Into<String>, origin: Option<&str>, error: &SyntaxError) -> Self {
        let origin = origin.map(|name| format!("{name}: ")).unwrap_or_default();
        Self { snippet: error.snippet().map(str::to_owned), ..Self::new(subject, format!("{origin}{error}")) }
    }

    pub(crate) fn violation(violation: &Violation) -> Self {
        Self::new(violation.path.to_string(), violation.problem.to_string())
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn lines(&self) -> Vec<String> {
        let subject = if self.subject.is_empty() { String::new() } else { format!("{}: ", self.subject) };
        let mut lines: Vec<String> = Vec::new();
        for (number, line) in self.message.lines().enumerate() {
            lines.push(if number == 0 { format!("  {subject}{line}") } else { format!("    {line}") });
        }
        lines.extend(self.snippet.iter().flat_map(|s| s.lines()).map(|line| format!("    {line}")));
        // Much of it is what somebody gave: what is wrong with it may be a character that cannot be seen.
        lines.iter().map(|line| visible(line).into_owned()).collect()
    }
}

/// Everything that is wrong with the inputs of `task`.
pub(crate) fn of_input(task: &str, complaints: &[Complaint]) -> Diagnosis {
    let mut diagnosis = Diagnosis::usage(format!("invalid input for `{task}`"));
    for (number, complaint) in complaints.iter().enumerate() {
        if !complaints[..number].contains(complaint) {
            diagnosis.body.extend(complaint.lines());
        }
    }
    for hint in complaints.iter().filter_map(|complaint| complaint.hint.as_ref()) {
        let hint = visible(hint).into_owned();
        if !diagnosis.hints.contains(&hint) {
            diagnosis.hints.push(hint);
        }
    }
    diagnosis
}

/// What a check against a schema found.
pub(crate) fn complaints(error: &InputError) -> Vec<Complaint> {
    match error {
        InputError::Syntax(error) => vec![Complaint::syntax("", None, error)],
        InputError::Fields { violations, more } => {
            let mut complaints: Vec<Complaint> = violations.iter().map(Complaint::violation).collect();
            if *more > 0 {
                complaints.push(Complaint::new("", format!("and {more} more")));
            }
            complaints
        }
    }
}

/// Whether a violation is that a whole parameter has no value.
pub(crate) fn missing_parameter(violation: &Violation) -> bool {
    violation.problem == Problem::Missing && violation.path.steps().len() == 1
}
