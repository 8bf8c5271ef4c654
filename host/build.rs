//! Puts the Python and JavaScript SDKs into the binary: nothing lies beside one that is installed.
//!
//! What is embedded is what a build needs of them, and the versions of the tools; `sdk/` has links to it.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::{Table, Value};

/// The languages, with what decides how old their interpreter may be.
const LANGUAGES: [(&str, &str); 2] = [("python", "python"), ("javascript", "node")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=sdk");
    println!("cargo::rerun-if-changed=wit");
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let pins: Table = read(&here.join("sdk/tools.toml"))?.parse()?;
    let contract = here.join("wit/task.wit").canonicalize()?;
    let mut code = String::new();
    for (language, interpreter) in LANGUAGES {
        let table =
            pins.get(language).and_then(Value::as_table).ok_or(format!("tools.toml has no [{language}]"))?;
        let mut versions = Vec::new();
        for (package, version) in table {
            versions.push((package, version.as_str().ok_or(format!("{package}: its version is no text"))?));
        }
        let oldest = versions.iter().position(|(package, _)| *package == interpreter);
        let (_, oldest) = versions.remove(oldest.ok_or(format!("[{language}] does not say which {interpreter}"))?);
        let oldest = oldest.trim_start_matches(['>', '=', ' ']);

        let mut files = Vec::new();
        collect(&here.join("sdk").join(language), Path::new("sdk"), &mut files)?;
        if files.is_empty() {
            return Err(format!("the {language} SDK is not there").into());
        }
        files.push((PathBuf::from("wit/task.wit"), contract.clone()));
        files.sort();

        let mut digest = Sha256::new();
        writeln!(code, "pub(super) static {}: Sdk = Sdk {{", language.to_uppercase())?;
        writeln!(code, "    oldest: {oldest:?},\n    pins: &[")?;
        digest.update(format!("{interpreter} {oldest}\n"));
        for (package, version) in versions {
            writeln!(code, "        ({package:?}, {version:?}),")?;
            digest.update(format!("{package} {version}\n"));
        }
        writeln!(code, "    ],\n    files: &[")?;
        for (name, path) in files {
            println!("cargo::rerun-if-changed={}", path.display());
            let name = name.to_str().ok_or("a file's name is not text")?.replace('\\', "/");
            let content = fs::read(&path)?;
            digest.update(format!("{name} {}\n", content.len()));
            digest.update(content);
            writeln!(code, "        ({name:?}, include_bytes!({path:?})),")?;
        }
        writeln!(code, "    ],\n    digest: \"{}\",\n}};", hex(&digest.finalize()))?;
    }
    fs::write(Path::new(&std::env::var("OUT_DIR")?).join("sdk.rs"), code)?;
    Ok(())
}

/// The files below `dir`, with the names they get below `name`. What a test or an editor left there stays out.
fn collect(dir: &Path, name: &Path, files: &mut Vec<(PathBuf, PathBuf)>) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", dir.canonicalize()?.display());
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let (path, name) = (entry.path().canonicalize()?, name.join(entry.file_name()));
        let is_left_behind =
            |part: &str| ["__pycache__", "node_modules", "tests"].contains(&part) || part.starts_with('.');
        if name.iter().any(|part| part.to_str().is_none_or(is_left_behind))
            || name.to_string_lossy().ends_with(".egg-info")
        {
            continue;
        }
        match path.is_dir() {
            true => collect(&entry.path(), &name, files)?,
            false => files.push((name, path)),
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Box<dyn Error>> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
