//! From JSON text to typed values, with the path of what doesn't fit. serde_json says at which line and column it
//! stopped; only then is the text looked through for the path, so that success pays nothing for it.

use crate::path::{Problem, Step};
use crate::{ErrorKind, TaskError};
use serde::de::DeserializeOwned;

/// The inputs of the task that this instance runs.
///
/// # Errors
/// Of kind `invalid-input`, with the path of what doesn't fit.
pub fn decode_inputs<T: DeserializeOwned>(text: &str) -> Result<T, TaskError> {
    decode(text).map_err(|problem| TaskError::of_kind(ErrorKind::InvalidInput, problem.to_string(), false))
}

/// The result of `task`, which another instance ran.
pub(crate) fn decode_result<T: DeserializeOwned>(task: &str, text: &str) -> Result<T, TaskError> {
    decode(text).map_err(|problem| {
        let message = format!("its result is not what the invoker expects: {problem}");
        TaskError::of_kind(ErrorKind::InvalidOutput, message, false).of_task(task)
    })
}

pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| located(text, &error))
}

#[cold]
fn located(text: &str, error: &serde_json::Error) -> Problem {
    let mut reason = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    if reason.ends_with(&position) {
        reason.truncate(reason.len() - position.len());
    }
    let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line_start: usize = lines_before.map(str::len).sum();
    let end = (line_start + error.column()).min(text.len());
    Problem { steps: steps(&text.as_bytes()[..end]), reason }
}

enum Level {
    /// An object, and the key whose value comes next or just came: as it is written, escapes and all.
    Object(Option<Vec<u8>>),
    /// An array, and the index of the current element.
    Array(usize),
}

/// The path to the value at the end of `text`, innermost step first.
fn steps(text: &[u8]) -> Vec<Step> {
    let mut levels = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'{' => levels.push(Level::Object(None)),
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' => {
                levels.pop();
            }
            b',' => match levels.last_mut() {
                Some(Level::Object(key)) => *key = None,
                Some(Level::Array(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let content = at + 1;
                at = string_end(text, content);
                if let Some(Level::Object(key @ None)) = levels.last_mut() {
                    *key = Some(text[content..at].to_vec());
                }
            }
            _ => {}
        }
        at += 1;
    }
    let step = |level| match level {
        Level::Object(key) => key.map(|key| Step::Field(unescaped(&key).into())),
        Level::Array(index) => Some(Step::Index(index)),
    };
    levels.into_iter().rev().filter_map(step).collect()
}

/// Where the string that begins at `at` ends: its closing quote, or the end of the text.
fn string_end(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
}

fn unescaped(key: &[u8]) -> String {
    let quoted = [b"\"", key, b"\""].concat();
    serde_json::from_slice(&quoted).unwrap_or_else(|_| String::from_utf8_lossy(key).into_owned())
}
