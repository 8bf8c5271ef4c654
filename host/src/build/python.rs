//! Python's tools: a virtual environment with the pinned packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::sdk::Sdk;
use crate::build::tools::{Interpreter, Step, answer, step};
use crate::build::watch::Watch;
use crate::build::{BuildError, Language};

/// What the interpreter may be called: where `python3` is too old, a newer one often stands beside it.
const NAMES: [&str; 6] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
/// Meant for the author's own Python, and in the way of ours.
const FOREIGN: [&str; 16] = [
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "PYTHONUSERBASE",
    "PYTHONWARNINGS",
    "PIP_DRY_RUN",
    "PIP_NO_DEPS",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
    "VIRTUAL_ENV",
];

/// The first interpreter that is new enough.
pub(super) fn interpreter(sdk: &Sdk, watch: &Watch<'_>) -> Result<Interpreter, BuildError> {
    let mut found = None;
    for program in NAMES {
        let Some(version) = version_of(program, watch)? else { continue };
        if is_at_least(&version, sdk.oldest) {
            return Ok(Interpreter { program: program.to_owned(), version });
        }
        found.get_or_insert(version);
    }
    Err(BuildError::Interpreter { language: Language::Python, oldest: sdk.oldest, found })
}

fn version_of(program: &str, watch: &Watch<'_>) -> Result<Option<String>, BuildError> {
    // Not the patch level: an update of the system's Python leaves an environment as it is.
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    let mut python = plain(program);
    python.args(["-I", "-c", script]);
    let version = answer(python, watch)?.and_then(|lines| lines.into_iter().next());
    Ok(version.map(|version| version.trim().to_owned()).filter(|version| !version.is_empty()))
}

/// Makes the environment and fills it.
pub(super) fn install(
    dir: &Path,
    sdk: &Sdk,
    interpreter: &Interpreter,
    watch: &mut Watch<'_>,
) -> Result<(), BuildError> {
    // Isolated, as in both a module that lies in the directory where the command is given would be run.
    let mut venv = plain(&interpreter.program);
    venv.args(["-I", "-m", "venv"]).arg(dir.join("venv"));
    let language = Language::Python;
    let doing = "make a virtual environment";
    step(venv, &Step { language, doing, needs_network: false, worth: |_| false }, watch)?;
    let mut pip = plain(entrance(dir));
    pip.args(["-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]);
    pip.args(["--retries", "1"]);
    pip.args(sdk.pins.iter().map(|(package, version)| format!("{package}=={version}")));
    let worth = |line: &str| line.starts_with("Downloading ");
    step(pip, &Step { language, doing: "install them with pip", needs_network: true, worth }, watch)
}

/// The version of each pinned package that the environment has.
pub(super) fn installed(dir: &Path, sdk: &Sdk, watch: &Watch<'_>) -> Result<Vec<Option<String>>, BuildError> {
    let script =
        "import importlib.metadata as m; print(*(d.name + ' ' + d.version for d in m.distributions()), sep='\\n')";
    let mut python = plain(entrance(dir));
    python.args(["-I", "-c", script]);
    let lines = answer(python, watch)?.unwrap_or_default();
    let version = |package: &str| {
        // `typing_extensions` and `typing-extensions` are one.
        let is_it = |name: &str| name.to_lowercase().replace(['_', '.'], "-") == package;
        lines.iter().filter_map(|line| line.trim().split_once(' ')).find(|(name, _)| is_it(name))
    };
    Ok(sdk.pins.iter().map(|(package, _)| version(package).map(|(_, version)| version.to_owned())).collect())
}

/// The environment's interpreter.
pub(super) fn entrance(dir: &Path) -> PathBuf {
    dir.join("venv/bin/python")
}

/// The program that builds Python files.
pub(super) fn driver(dir: &Path) -> Command {
    let mut driver = plain(entrance(dir));
    driver.args(["-P", "-m", "flyte_build"]).env("PYTHONPATH", dir.join("sdk")).env("PYTHONDONTWRITEBYTECODE", "1");
    driver.env("PYTHONIOENCODING", "utf-8");
    driver
}

fn plain(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in FOREIGN {
        command.env_remove(variable);
    }
    command
}

/// Whether a version, as `3.11.7`, is another one or a later one.
pub(super) fn is_at_least(version: &str, oldest: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> { text.split('.').map_while(|part| part.parse().ok()).collect() };
    let (version, oldest) = (numbers(version), numbers(oldest));
    !version.is_empty() && version >= oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_at_least("3.10.0", "3.9"));
        assert!(is_at_least("3.10.0", "3.10"));
        assert!(is_at_least("22.0.0", "20.11"));
        assert!(!is_at_least("3.9.18", "3.10"));
        assert!(!is_at_least("", "3.10"));
    }
}
