//! A new project: a directory with some tasks that build and run at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The languages that a project may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectLanguage {
    /// A crate.
    Rust,
    /// A `.py` file.
    Python,
    /// A `.js` file.
    JavaScript,
}

/// A project that is to be made.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its directory, which is made; one that is there has to be empty.
    pub dir: PathBuf,
    /// Its language.
    pub language: ProjectLanguage,
    /// Its name; the directory's where it is left out.
    pub name: Option<String>,
    /// For a crate, where the SDK's crate is; its published version where this is left out.
    pub sdk: Option<PathBuf>,
}

/// Why a project can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// The directory has something in it, or is a file.
    #[error("{} is not an empty directory", dir.display())]
    Taken {
        /// The directory.
        dir: PathBuf,
    },
    /// The name can't be a project's.
    #[error("`{name}` cannot be a project's name: {reason}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// There is no SDK where it should be.
    #[error("{} is not the crate `flyte-guest`", dir.display())]
    Sdk {
        /// Where it should be.
        dir: PathBuf,
    },
    /// A file can't be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

const DOCUMENTS: &str = include_str!("templates/documents.json");
const README: &str = include_str!("templates/readme.md");

const RUST: [(&str, &str); 3] = [
    ("Cargo.toml", include_str!("templates/rust/manifest.toml")),
    ("src/lib.rs", include_str!("templates/rust/lib.rs")),
    (".gitignore", include_str!("templates/rust/gitignore")),
];
const PYTHON: [(&str, &str); 2] = [
    ("tasks.py", include_str!("templates/python/tasks.py")),
    (".gitignore", include_str!("templates/python/gitignore")),
];
const JAVASCRIPT: [(&str, &str); 2] = [
    ("tasks.js", include_str!("templates/javascript/tasks.js")),
    (".gitignore", include_str!("templates/javascript/gitignore")),
];

impl ProjectLanguage {
    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Rust => &RUST,
            Self::Python => &PYTHON,
            Self::JavaScript => &JAVASCRIPT,
        }
    }

    /// What is given to `flyte-host run` in the project's directory.
    #[must_use]
    pub fn component(self) -> &'static str {
        match self {
            Self::Rust => ".",
            Self::Python => "tasks.py",
            Self::JavaScript => "tasks.js",
        }
    }
}

impl Project {
    /// Writes the project's files, and nothing over what is there.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub fn create(&self) -> Result<(), ProjectError> {
        let name = self.checked_name()?;
        let sdk = self.dependency()?;
        match fs::read_dir(&self.dir).map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(false) => return Err(ProjectError::Taken { dir: self.dir.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(ProjectError::Taken { dir: self.dir.clone() });
            }
            Err(source) => return Err(ProjectError::Write { path: self.dir.clone(), source }),
        }
        let (first, more) = match self.language {
            ProjectLanguage::Rust => ("", "\n`cargo test` runs the same tasks natively, without a component.\n"),
            _ => (" and sets up the tools for that, once, which needs the network", ""),
        };
        let filled = |template: &str| {
            let filled = template.replace("{{name}}", &name).replace("{{sdk}}", &sdk);
            let filled = filled.replace("{{component}}", self.language.component());
            filled.replace("{{first}}", first).replace("{{more}}\n", more)
        };
        let shared = [("README.md", README), ("documents.json", DOCUMENTS)];
        for (file, template) in self.language.files().iter().chain(&shared) {
            let path = self.dir.join(file);
            write_new(&path, &filled(template)).map_err(|source| ProjectError::Write { path, source })?;
        }
        Ok(())
    }

    fn checked_name(&self) -> Result<String, ProjectError> {
        let absolute = std::path::absolute(&self.dir).unwrap_or_else(|_| self.dir.clone());
        let of_dir = || absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = self.name.clone().unwrap_or_else(of_dir);
        let reason = match name.chars().next() {
            None => "it is empty",
            Some(first) if !first.is_ascii_alphabetic() => "it has to begin with a letter",
            _ if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') => {
                "it has to be of letters, digits, `-` and `_`"
            }
            // Crates by these names would be taken for others.
            _ if ["test", "core", "std", "alloc", "flyte-guest", "flyte"].contains(&name.as_str()) => {
                "something else has it"
            }
            _ => return Ok(name),
        };
        Err(ProjectError::Name { name, reason })
    }

    /// The SDK's line in the manifest.
    fn dependency(&self) -> Result<String, ProjectError> {
        let Some(dir) = &self.sdk else { return Ok(format!("\"{}\"", env!("CARGO_PKG_VERSION"))) };
        let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
        let (true, Ok(path)) = (manifest.contains("name = \"flyte-guest\""), dir.canonicalize()) else {
            return Err(ProjectError::Sdk { dir: dir.clone() });
        };
        // JSON's strings are TOML's too.
        Ok(format!("{{ path = {} }}", serde_json::Value::from(path.to_string_lossy())))
    }
}

fn write_new(path: &Path, content: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    io::Write::write_all(&mut file, content.as_bytes())
}
