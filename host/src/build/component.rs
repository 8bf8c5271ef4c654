//! A component that was built, and how it gets to where it is wanted.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::build::BuildError;

/// A component that was built. As long as one of these is there, its file stays where a
/// [`Workshop`](crate::build::Workshop) keeps it, however little room there is.
#[derive(Debug, Clone)]
pub struct BuiltComponent {
    /// The crate's name, or the file's without its ending.
    pub name: String,
    /// The component: in cargo's target directory, or where a [`Workshop`](crate::build::Workshop) keeps it.
    pub path: PathBuf,
    /// Whether it was up to date already.
    pub fresh: bool,
    /// Where it is kept with others, what holds its place.
    pub(super) _in_use: Option<Arc<File>>,
}

impl BuiltComponent {
    /// Copies the component to `out`, all of it or nothing. Where `out` is a link, what it points to is written;
    /// a device or a pipe is written into.
    ///
    /// # Errors
    /// [`BuildError::Write`].
    pub fn copy_to(&self, out: &Path) -> Result<(), BuildError> {
        let write = |source| BuildError::Write { path: out.to_owned(), source };
        let target = out.canonicalize().unwrap_or_else(|_| out.to_owned());
        if target.metadata().is_ok_and(|there| !there.is_file()) {
            let copied = std::fs::read(&self.path).and_then(|bytes| std::fs::write(&target, bytes));
            return copied.map_err(write);
        }
        // A half-written component would be found by the next run: write beside it, then rename.
        let mut partial = target.as_os_str().to_owned();
        partial.push(format!(".{}.partial", std::process::id()));
        let partial = PathBuf::from(partial);
        let copied = std::fs::copy(&self.path, &partial).and_then(|_| std::fs::rename(&partial, &target));
        copied.map_err(|source| {
            let _ = std::fs::remove_file(&partial);
            write(source)
        })
    }
}
