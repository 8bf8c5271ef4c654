//! The file's outer form: sections with lengths and checksums.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use crate::replay::ReplayError;

const MAGIC: &[u8; 8] = b"flytehst";
const VERSION: u32 = 1;
const DONE: [u8; 4] = *b"done";

/// A section's tag.
pub(super) type Tag = [u8; 4];

/// Writes sections.
pub(super) struct Sections<W> {
    out: W,
    all: Sha256,
}

impl<W: Write> Sections<W> {
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let mut sections = Self { out, all: Sha256::new() };
        sections.put(MAGIC)?;
        sections.put(&VERSION.to_le_bytes())?;
        Ok(sections)
    }

    pub(super) fn section(&mut self, tag: Tag, bytes: &[u8]) -> io::Result<()> {
        self.section_of(tag, bytes.len() as u64, Sha256::digest(bytes).into(), bytes)
    }

    /// A section of so many bytes with this SHA-256, which are read bit by bit.
    pub(super) fn section_of(
        &mut self,
        tag: Tag,
        bytes: u64,
        digest: [u8; 32],
        mut from: impl Read,
    ) -> io::Result<()> {
        self.put(&tag)?;
        self.put(&bytes.to_le_bytes())?;
        self.put(&digest)?;
        io::copy(&mut from, self)?;
        Ok(())
    }

    pub(super) fn end(mut self) -> io::Result<W> {
        self.put(&DONE)?;
        let all = self.all.finalize();
        self.out.write_all(&all)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.all.update(bytes);
        self.out.write_all(bytes)
    }
}

impl<W: Write> Write for Sections<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads all sections of a file of `size` bytes. No more is held than the file has.
///
/// # Errors
/// It is none of ours, a newer one, cut short, or damaged; or it can't be read.
pub(super) fn read(mut input: impl Read, size: u64) -> Result<Vec<(Tag, Vec<u8>)>, ReplayError> {
    let mut reader = Checked { input: &mut input, all: Sha256::new(), left: size };
    match reader.array::<8>() {
        Ok(magic) if magic == *MAGIC => {}
        _ => return Err(ReplayError::Foreign),
    }
    let version = u32::from_le_bytes(reader.array()?);
    if version != VERSION {
        return Err(ReplayError::Newer(version));
    }
    let mut sections = Vec::new();
    loop {
        let tag: Tag = reader.array()?;
        if tag == DONE {
            let expected: [u8; 32] = reader.all.clone().finalize().into();
            if reader.array::<32>()? != expected {
                return Err(ReplayError::Damaged("its checksum is another".to_owned()));
            }
            return match reader.left {
                0 => Ok(sections),
                more => Err(ReplayError::Damaged(format!("{more} bytes follow its end"))),
            };
        }
        let length = u64::from_le_bytes(reader.array()?);
        let checksum: [u8; 32] = reader.array()?;
        let bytes = reader.bytes(length)?;
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != checksum {
            let tag = String::from_utf8_lossy(&tag).escape_debug().to_string();
            return Err(ReplayError::Damaged(format!("the checksum of its section `{tag}` is another")));
        }
        sections.push((tag, bytes));
    }
}

struct Checked<'r, R> {
    input: &'r mut R,
    all: Sha256,
    left: u64,
}

impl<R: Read> Checked<'_, R> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReplayError> {
        let bytes = self.bytes(N as u64)?;
        bytes.try_into().map_err(|_| ReplayError::Truncated)
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, ReplayError> {
        self.left = self.left.checked_sub(length).ok_or(ReplayError::Truncated)?;
        let mut bytes = Vec::new();
        let read = self.input.take(length).read_to_end(&mut bytes);
        if read.map_err(|error| ReplayError::Damaged(error.to_string()))? as u64 != length {
            return Err(ReplayError::Truncated);
        }
        self.all.update(&bytes);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut sections = Sections::begin(Vec::new()).unwrap();
        sections.section(*b"mani", b"{}").unwrap();
        sections.section(*b"vals", &[7; 100]).unwrap();
        sections.end().unwrap()
    }

    fn read_bytes(bytes: &[u8]) -> Result<Vec<(Tag, Vec<u8>)>, ReplayError> {
        read(bytes, bytes.len() as u64)
    }

    #[test]
    fn what_was_written_is_read() {
        let sections = read_bytes(&file()).unwrap();
        assert_eq!(sections, [(*b"mani", b"{}".to_vec()), (*b"vals", vec![7; 100])]);
    }

    #[test]
    fn no_part_of_it_and_no_other_bit_is_taken_for_it() {
        let whole = file();
        for end in 0..whole.len() {
            let refused = read_bytes(&whole[..end]).unwrap_err();
            let is_named = matches!(refused, ReplayError::Truncated) || end < 8;
            assert!(is_named, "{end}: {refused}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            assert!(read_bytes(&changed).is_err(), "{at}");
        }
        assert!(matches!(read_bytes(&[&whole[..], &[0]].concat()), Err(ReplayError::Damaged(_))));
    }

    #[test]
    fn strangers_newer_ones_and_lengths_beyond_the_file_are_refused_by_name() {
        assert!(matches!(read_bytes(b"\0asm and more of it"), Err(ReplayError::Foreign)));
        assert!(matches!(read_bytes(b""), Err(ReplayError::Foreign)));
        let mut newer = file();
        newer[8] = 2;
        assert!(matches!(read_bytes(&newer), Err(ReplayError::Newer(2))));
        let mut huge = file();
        huge[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(matches!(read_bytes(&huge), Err(ReplayError::Truncated)));
    }

    #[test]
    fn random_bytes_are_refused() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..20_000 {
            let length = random.usize(0..400);
            let mut bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(length).collect();
            // Half of them begin well.
            if random.bool() {
                let head = &file()[..random.usize(8..60)];
                bytes.splice(..0, head.iter().copied());
            }
            assert!(read_bytes(&bytes).is_err());
        }
    }
}
