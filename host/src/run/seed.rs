//! Where fixed randomness starts: each attempt has its own seed, which depends on nothing but the run's seed and the
//! attempt's place in the tree of calls.

use sha2::{Digest, Sha256};

/// A seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed([u8; 32]);

impl Seed {
    /// The seed of a run's root action.
    pub(crate) fn of_run(seed: u64) -> Self {
        Self(Sha256::new().chain_update(b"run").chain_update(seed.to_le_bytes()).finalize().into())
    }

    /// The seed of the action that this attempt invokes as its `n`-th, from 0.
    pub(crate) fn of_call(&self, n: u64) -> Self {
        self.derive(b"call", n)
    }

    /// The seed of an action's attempt of this number.
    pub(crate) fn of_attempt(&self, number: u32) -> Self {
        self.derive(b"attempt", number.into())
    }

    /// The seed's bytes.
    pub(crate) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    fn derive(&self, what: &[u8], n: u64) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(what).chain_update(n.to_le_bytes()).finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_own_seed_and_always_the_same() {
        let root = Seed::of_run(7);
        let seeds = [root, root.of_call(0), root.of_call(1), root.of_attempt(1), Seed::of_run(8)];
        for (at, seed) in seeds.iter().enumerate() {
            assert!(!seeds[..at].contains(seed));
        }
        assert_eq!(Seed::of_run(7).of_attempt(1).of_call(3), root.of_attempt(1).of_call(3));
    }
}
