//! Randomness from a seed, for runs that are to go the same way each time.

use std::convert::Infallible;

use rand::TryRng;
use sha2::{Digest, Sha256};

/// An endless sequence of bytes that depends on nothing but a seed and a name: block `i` is the SHA-256 of the seed, the
/// name and `i` in 8 bytes, least significant first. Unlike the standard generators of a crate it never changes.
pub(super) struct SeededBytes {
    key: Sha256,
    next: u64,
    block: [u8; 32],
    /// How much of the block is used up.
    used: usize,
}

impl SeededBytes {
    pub(super) fn new(seed: [u8; 32], name: &str) -> Self {
        let key = Sha256::new().chain_update(seed).chain_update(name);
        Self { key, next: 0, block: [0; 32], used: 32 }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    fn fill(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            if self.used == self.block.len() {
                self.block = self.key.clone().chain_update(self.next.to_le_bytes()).finalize().into();
                self.next = self.next.wrapping_add(1);
                self.used = 0;
            }
            let taken = bytes.len().min(self.block.len() - self.used);
            bytes[..taken].copy_from_slice(&self.block[self.used..self.used + taken]);
            self.used += taken;
            bytes = &mut bytes[taken..];
        }
    }

    /// The first 16 bytes as a number.
    pub(super) fn first_u128(mut self) -> u128 {
        u128::from_le_bytes(self.take())
    }
}

impl TryRng for SeededBytes {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.take()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.take()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fill(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_documented() {
        let mut bytes = SeededBytes::new([7; 32], "random");
        let block =
            |n: u64| Sha256::new().chain_update([7; 32]).chain_update("random").chain_update(n.to_le_bytes());
        let expected = [block(0).finalize(), block(1).finalize()].concat();
        let mut read = [bytes.take::<5>().to_vec(), bytes.take::<40>().to_vec()].concat();
        read.extend(bytes.take::<19>());
        assert_eq!(read, expected);
    }

    #[test]
    fn names_and_seeds_tell_sequences_apart() {
        let first = |seed: u8, name: &str| SeededBytes::new([seed; 32], name).first_u128();
        assert_eq!(first(1, "a"), first(1, "a"));
        assert_ne!(first(1, "a"), first(1, "b"));
        assert_ne!(first(1, "a"), first(2, "a"));
    }
}
