//! What a build has to say about the author's files.

use std::path::PathBuf;

/// An error or a warning about a file of the author's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// What is wrong.
    pub message: String,
    /// Where, if it is anywhere.
    pub place: Option<Place>,
    /// What to do about it.
    pub help: Option<String>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as an absolute path.
    pub file: PathBuf,
    /// The line, counted from 1; `None` where the file as a whole is meant.
    pub line: Option<u32>,
    /// The column in characters, counted from 1; `None` where the line as a whole is meant.
    pub column: Option<u32>,
    /// The line's text.
    pub source: Option<String>,
}
