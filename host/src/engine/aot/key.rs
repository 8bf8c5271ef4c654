//! What a compiled component is kept under.

use std::fmt;
use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use wasmtime::Engine;

use crate::engine::aot::bound::QUICK;
use crate::engine::aot::entry::FORMAT;

/// SHA-256 of all that the compiled code depends on: the component's bytes, wasmtime's version, and the engine's settings
/// with what it compiles for; and of the format that it is kept in. Also whether the code was made quickly, which is among
/// the settings, and is shown beside them so that it can be counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Key {
    sha: [u8; 32],
    is_quick: bool,
}

impl Key {
    /// The key for a component whose bytes have this SHA-256.
    pub(in crate::engine) fn new(engine: &Engine, component: &[u8; 32]) -> Self {
        let mut sha = Feed(Sha256::new());
        sha.write_u32(FORMAT);
        // Wasmtime's full version is part of it.
        engine.precompile_compatibility_hash().hash(&mut sha);
        sha.write(component);
        Self { sha: sha.0.finalize().into(), is_quick: false }
    }

    /// The same for an engine that compiles quickly.
    pub(in crate::engine) fn quick(compiler: &Engine, component: &[u8; 32]) -> Self {
        Self { is_quick: true, ..Self::new(compiler, component) }
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.sha
    }
}

/// In hexadecimal digits, and what is quick says so.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sha.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(if self.is_quick { QUICK } else { "" })
    }
}

/// Takes all of what a hash is made of, where `Hasher` would have 64 bits of it.
struct Feed(Sha256);

impl Hasher for Feed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Nobody asks: the digest is the result.
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::{Config, OptLevel};

    use super::*;

    #[test]
    fn depends_on_the_component_and_on_the_settings() {
        let key = |config: &mut Config, component: u8| Key::new(&Engine::new(config).unwrap(), &[component; 32]);
        let first = key(&mut Config::new(), 1);
        assert!(first == key(&mut Config::new(), 1));
        assert!(first != key(&mut Config::new(), 2));
        assert!(first != key(Config::new().consume_fuel(true), 1));
        assert!(first != key(Config::new().epoch_interruption(true), 1));
        assert!(first != key(Config::new().cranelift_opt_level(OptLevel::None), 1));
        assert!(first != key(Config::new().wasm_simd(false).wasm_relaxed_simd(false), 1));
        assert_eq!(first.to_string().len(), 64);
    }
}
