//! Inputs and outputs: small ones in the database, large ones in files by what they hold.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::disk::PrivateDir;
use crate::history::row::Stopped;
use crate::history::{HistoryError, Home};

/// The largest value that is kept in the database itself, in bytes; Flyte's figure.
pub const INLINE: usize = 10 << 20;

const DIRECTORY: &str = "values";

/// The files of large values.
#[derive(Debug)]
pub(super) struct Values {
    home: Home,
    dir: Option<Arc<PrivateDir>>,
}

impl Values {
    pub(super) fn of(home: &Home) -> Self {
        Self { home: home.clone(), dir: None }
    }

    /// The same files, for another thread or connection.
    pub(super) fn again(&self) -> Self {
        Self::of(&self.home)
    }

    fn dir(&mut self) -> Result<Arc<PrivateDir>, HistoryError> {
        match &self.dir {
            Some(dir) => Ok(Arc::clone(dir)),
            None => Ok(Arc::clone(self.dir.insert(self.home.inner(DIRECTORY)?))),
        }
    }

    /// Puts a large value into a file, and tells its name. `durable`: it is on the disk then. One that is there already is
    /// looked at: after a loss of power it may be something else.
    pub(super) fn put(&mut self, text: &str, durable: bool) -> Result<[u8; 32], HistoryError> {
        let digest: [u8; 32] = Sha256::digest(text).into();
        let (dir, name) = (self.dir()?, hex(&digest));
        let failed = |source| HistoryError::File { path: dir.path().join(&name), source };
        if let Ok(Some((file, size))) = dir.read(&name)
            && size == text.len() as u64
            && is_it(&file, &digest).unwrap_or(false)
        {
            let synced = if durable { file.sync_all().and_then(|()| dir.sync()) } else { Ok(()) };
            return synced.map(|()| digest).map_err(failed);
        }
        let unfinished = format!("{name}.{:016x}", fastrand::u64(..));
        let written = dir.create(&unfinished).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            if durable { file.sync_all() } else { Ok(()) }
        });
        if let Err(error) = written.and_then(|()| dir.rename(&unfinished, &name)) {
            let _ = dir.remove(&unfinished);
            return Err(failed(error));
        }
        // Its name has to be on the disk, too.
        let synced = if durable { dir.sync() } else { Ok(()) };
        synced.map(|()| digest).map_err(failed)
    }

    /// The value that is kept there; `None` where it is gone, or is not what it was.
    pub(super) fn get(&mut self, digest: &[u8; 32]) -> Result<Option<String>, HistoryError> {
        let (dir, name) = (self.dir()?, hex(digest));
        let Ok(Some((mut file, size))) = dir.read(&name) else { return Ok(None) };
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        let failed = |source| HistoryError::File { path: dir.path().join(&name), source };
        file.read_to_end(&mut bytes).map_err(failed)?;
        let is_it = <[u8; 32]>::from(Sha256::digest(&bytes)) == *digest;
        Ok(String::from_utf8(bytes).ok().filter(|_| is_it))
    }
}

impl Values {
    /// Removes the files that are not needed, and what is left of those that were never whole. Nobody may put one meanwhile.
    pub(super) fn sweep(
        &mut self,
        mut is_needed: impl FnMut(&[u8; 32]) -> rusqlite::Result<bool>,
    ) -> Result<(), Stopped> {
        let dir = self.dir().map_err(Stopped::Other)?;
        let failed = |source| Stopped::Other(HistoryError::File { path: dir.path().to_owned(), source });
        for file in dir.list().map_err(failed)? {
            let is_needed = match digest(&file.name) {
                Some(digest) => is_needed(&digest)?,
                None => false,
            };
            if !is_needed {
                dir.remove(&file.name).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// What [`hex`] wrote.
fn digest(name: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if name.len() != 64 || !name.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&name[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(digest)
}

/// Whether a file has what its name says.
fn is_it(mut file: &File, digest: &[u8; 32]) -> io::Result<bool> {
    let mut hash = Sha256::new();
    let mut part = vec![0; 64 << 10];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(<[u8; 32]>::from(hash.finalize()) == *digest),
            read => hash.update(&part[..read]),
        }
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
