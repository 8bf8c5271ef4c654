//! Directories as guests see them.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::rights::CapabilityError;

/// The longest path, in bytes.
const LONGEST: usize = 4096;

/// An absolute path as a guest sees it, without `.`, `..` and doubled slashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GuestPath(String);

impl GuestPath {
    /// # Errors
    /// [`CapabilityError::Path`] for a relative path, one with `..` or with control characters.
    pub fn parse(text: &str) -> Result<Self, CapabilityError> {
        let wrong = || CapabilityError::Path(text.chars().take(200).collect());
        if !text.starts_with('/') || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(wrong());
        }
        let mut path = String::with_capacity(text.len());
        for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." {
                return Err(wrong());
            }
            path.push('/');
            path.push_str(part);
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(Self(path))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this directory or below it.
    pub fn covers(&self, other: &Self) -> bool {
        self.to(other).is_some()
    }

    /// The way from this directory down to `other`, relative; empty where they are the same, `None` where `other` is
    /// not below.
    pub fn to(&self, other: &Self) -> Option<PathBuf> {
        Path::new(&other.0).strip_prefix(&self.0).ok().map(Path::to_owned)
    }
}

impl fmt::Display for GuestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> GuestPath {
        GuestPath::parse(text).unwrap()
    }

    #[test]
    fn paths_are_absolute_and_plain() {
        assert_eq!(path("//data/./in/").as_str(), "/data/in");
        assert_eq!(path("/").as_str(), "/");
        for wrong in ["", "data", "../data", "/data/../etc", "/a\nb", "/a\0b", "."] {
            assert!(GuestPath::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(GuestPath::parse(&format!("/{}", "a".repeat(5000))).is_err());
    }

    #[test]
    fn a_directory_covers_what_is_below_it_by_whole_names() {
        assert!(path("/data").covers(&path("/data")));
        assert!(path("/data").covers(&path("/data/in")));
        assert!(path("/").covers(&path("/data")));
        assert!(!path("/data").covers(&path("/database")));
        assert!(!path("/data/in").covers(&path("/data")));
        assert_eq!(path("/data").to(&path("/data/a/b")), Some(PathBuf::from("a/b")));
    }
}
