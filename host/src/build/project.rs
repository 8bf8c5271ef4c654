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
    /// For a crate, where the SDK's crate is; needed there, as it is not published.
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
    /// A crate needs the SDK's, and nothing says where that is.
    #[error("a Rust project needs the crate `flyte-guest`, which is not published yet")]
    NoSdk,
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
    /// Writes the project's files, and nothing over what is there: all of them, or none.
    ///
    /// # Errors
    /// [`ProjectError`].
    pub fn create(&self) -> Result<(), ProjectError> {
        let name = self.checked_name()?;
        match fs::read_dir(&self.dir).map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(false) => return Err(ProjectError::Taken { dir: self.dir.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(ProjectError::Taken { dir: self.dir.clone() });
            }
            Err(source) => return Err(ProjectError::Write { path: self.dir.clone(), source }),
        }
        let sdk = self.dependency()?;
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
        let mut made = Made::default();
        for (file, template) in self.language.files().iter().chain(&shared) {
            let path = self.dir.join(file);
            if let Err(source) = made.file(&path, &filled(template)) {
                made.remove();
                return Err(ProjectError::Write { path, source });
            }
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
        if self.language != ProjectLanguage::Rust {
            return Ok(String::new());
        }
        let Some(dir) = &self.sdk else { return Err(ProjectError::NoSdk) };
        let manifest = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
        let path = dir.canonicalize().ok().and_then(|path| path.to_str().map(str::to_owned));
        match path.filter(|_| manifest.contains("name = \"flyte-guest\"")) {
            // JSON's strings are TOML's too.
            Some(path) => Ok(format!("{{ path = {} }}", serde_json::Value::from(path))),
            None => Err(ProjectError::Sdk { dir: dir.clone() }),
        }
    }
}

/// What was made so far, each thing after what it is in.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    dirs: Vec<PathBuf>,
}

impl Made {
    /// Makes a file, and the directories above it that are missing.
    fn file(&mut self, path: &Path, content: &str) -> io::Result<()> {
        let above: Vec<&Path> = path.ancestors().skip(1).take_while(|dir| !dir.as_os_str().is_empty()).collect();
        for dir in above.into_iter().rev().filter(|dir| !dir.exists()) {
            fs::create_dir(dir)?;
            self.dirs.push(dir.to_owned());
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
        self.files.push(path.to_owned());
        io::Write::write_all(&mut file, content.as_bytes())
    }

    /// Removes it again. What somebody else has put there meanwhile stays, and its directory.
    fn remove(self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for dir in self.dirs.iter().rev() {
            let _ = fs::remove_dir(dir);
        }
    }
}
