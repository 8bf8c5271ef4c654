//! JavaScript's tools: packages that npm installs beside the SDK, where node finds them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::python::is_at_least;
use crate::build::sdk::Sdk;
use crate::build::tools::{Interpreter, Step, answer, step};
use crate::build::watch::Watch;
use crate::build::{BuildError, Language};

/// Meant for the author's own programs, and in the way of ours.
const FOREIGN: [&str; 2] = ["NODE_OPTIONS", "NODE_PATH"];
/// The same of npm's settings, however their names are spelt.
const SETTINGS: [&str; 5] = ["prefix", "global", "location", "omit", "only"];

/// The machine's node.
pub(super) fn interpreter(sdk: &Sdk, watch: &Watch<'_>) -> Result<Interpreter, BuildError> {
    let mut node = plain("node");
    node.arg("--version");
    let found = answer(node, watch)?.and_then(|lines| lines.into_iter().next());
    let found = found.map(|version| version.trim().trim_start_matches('v').to_owned());
    match found {
        // Packages are not bound to one: what works with the oldest works with all after it.
        Some(version) if is_at_least(&version, sdk.oldest) => {
            Ok(Interpreter { program: "node".to_owned(), version: "node".to_owned() })
        }
        found => Err(BuildError::Interpreter { language: Language::JavaScript, oldest: sdk.oldest, found }),
    }
}

/// Installs the packages.
pub(super) fn install(dir: &Path, sdk: &Sdk, watch: &mut Watch<'_>) -> Result<(), BuildError> {
    let dependencies: serde_json::Map<_, _> =
        sdk.pins.iter().map(|(package, version)| ((*package).to_owned(), (*version).into())).collect();
    let package = serde_json::json!({ "private": true, "dependencies": dependencies });
    let path = dir.join("package.json");
    fs::write(&path, package.to_string()).map_err(|source| BuildError::Write { path, source })?;
    let mut npm = plain("npm");
    npm.current_dir(dir).args(["install", "--prefix"]).arg(dir);
    // Packages bring no code that runs here but what a build itself calls.
    npm.args(["--include=optional", "--global=false", "--dry-run=false", "--package-lock-only=false"]);
    npm.args(["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--no-update-notifier"]);
    // Without a network it would try for many minutes.
    npm.args(["--fetch-retries", "1", "--fetch-retry-mintimeout", "500", "--fetch-retry-maxtimeout", "1000"]);
    npm.args(["--fetch-timeout", "60000", "--loglevel", "error"]);
    let (language, doing) = (Language::JavaScript, "install them with npm");
    step(npm, &Step { language, doing, needs_network: true, worth: |_| false }, watch)
}

/// The version of each pinned package that is there.
pub(super) fn installed(dir: &Path, sdk: &Sdk) -> Vec<Option<String>> {
    #[derive(serde::Deserialize)]
    struct Package {
        version: String,
    }
    let version = |package: &str| {
        let manifest = fs::read(dir.join("node_modules").join(package).join("package.json")).ok()?;
        serde_json::from_slice::<Package>(&manifest).ok().map(|package| package.version)
    };
    sdk.pins.iter().map(|(package, _)| version(package)).collect()
}

/// The program that builds JavaScript files, as a file.
pub(super) fn entrance(dir: &Path) -> PathBuf {
    dir.join("sdk/build/main.js")
}

/// The program that builds JavaScript files.
pub(super) fn driver(dir: &Path) -> Command {
    let mut driver = plain("node");
    driver.arg(entrance(dir));
    driver
}

fn plain(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in FOREIGN {
        command.env_remove(variable);
    }
    for (name, _) in std::env::vars_os() {
        let lower = name.to_string_lossy().to_lowercase();
        if lower.strip_prefix("npm_config_").is_some_and(|setting| SETTINGS.contains(&setting)) {
            command.env_remove(name);
        }
    }
    command
}
