//! The values of a run on their way to its file: each different one once, and on the disk, however many they are.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::replay::manifest::Place;
use crate::replay::unfinished::Unfinished;

/// Values, one after the other, in a file that is gone with this.
pub(super) struct Values {
    _file: Unfinished,
    out: BufWriter<File>,
    places: HashMap<[u8; 32], Place>,
    bytes: u64,
    all: Sha256,
}

/// Values that are all there: how many bytes they are, their SHA-256, and what they are read from.
pub(super) struct Gathered {
    pub(super) bytes: u64,
    pub(super) digest: [u8; 32],
    pub(super) file: File,
    _file: Unfinished,
}

impl Values {
    /// Gathers them beside `path`.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
        let (unfinished, file) = Unfinished::create(path)?;
        Ok(Self {
            _file: unfinished,
            out: BufWriter::new(file),
            places: HashMap::new(),
            bytes: 0,
            all: Sha256::new(),
        })
    }

    /// Where this value is, which is added unless it is there.
    pub(super) fn place(&mut self, text: &str) -> io::Result<Place> {
        let digest = Sha256::digest(text).into();
        if let Some(place) = self.places.get(&digest) {
            return Ok(*place);
        }
        let place = Place { at: self.bytes, bytes: text.len() as u64 };
        self.out.write_all(text.as_bytes())?;
        self.all.update(text);
        self.bytes += place.bytes;
        self.places.insert(digest, place);
        Ok(place)
    }

    pub(super) fn gathered(self) -> io::Result<Gathered> {
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Gathered { bytes: self.bytes, digest: self.all.finalize().into(), file, _file: self._file })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn equal_values_are_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut values = Values::beside(&dir.path().join("run")).unwrap();
        let places = ["[1]", "\"a\"", "[1]"].map(|text| values.place(text).unwrap());
        assert_eq!(places.map(|place| (place.at, place.bytes)), [(0, 3), (3, 3), (0, 3)]);
        let mut gathered = values.gathered().unwrap();
        let mut text = String::new();
        gathered.file.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), gathered.bytes), ("[1]\"a\"", 6));
        assert_eq!(gathered.digest, <[u8; 32]>::from(Sha256::digest(&text)));
        drop(gathered);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
