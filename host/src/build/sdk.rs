//! The SDKs that are part of this program, and the versions of the tools they work with.

use std::fs;
use std::io;
use std::path::Path;

/// One language's SDK.
#[derive(Debug)]
pub(super) struct Sdk {
    /// The oldest version of the language's interpreter.
    pub(super) oldest: &'static str,
    /// Packages with their exact versions.
    pub(super) pins: &'static [(&'static str, &'static str)],
    /// Files with what is in them; the contract is one of them.
    files: &'static [(&'static str, &'static [u8])],
    /// SHA-256 of all this.
    pub(super) digest: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/sdk.rs"));

impl Sdk {
    /// Writes the files below `dir`.
    pub(super) fn unpack(&self, dir: &Path) -> io::Result<()> {
        for (name, content) in self.files {
            let path = dir.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, content)?;
        }
        Ok(())
    }

    /// Packages and versions in words.
    pub(super) fn named(&self) -> String {
        self.pins.iter().map(|(package, version)| format!("{package} {version}")).collect::<Vec<_>>().join(", ")
    }
}
