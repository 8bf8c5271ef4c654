//! The languages whose files are built to components.

use std::fmt;
use std::path::Path;

use crate::build::sdk::{self, Sdk};

/// A language in which a single file is a program of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `.py`
    Python,
    /// `.js`, `.mjs`, `.ts`
    JavaScript,
}

impl Language {
    pub(super) const ALL: [Self; 2] = [Self::Python, Self::JavaScript];

    /// The language of a file, by how its name ends.
    #[must_use]
    pub fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "py" => Some(Self::Python),
            "js" | "mjs" | "ts" => Some(Self::JavaScript),
            _ => None,
        }
    }

    /// The name in names of files.
    pub(super) fn slug(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }

    pub(super) fn sdk(self) -> &'static Sdk {
        match self {
            Self::Python => &sdk::PYTHON,
            Self::JavaScript => &sdk::JAVASCRIPT,
        }
    }

    /// What beside a program changes what is built, also where it is not there yet.
    pub(super) fn beside(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["requirements.txt", "pyproject.toml"],
            Self::JavaScript => &["package.json", "package-lock.json", "tsconfig.json"],
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
        })
    }
}
