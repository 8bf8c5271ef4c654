//! Limits of one Store: the memory of one attempt.

use wasmtime::ResourceLimiter;

/// What one attempt's sandbox may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Bytes of linear memory and tables of one attempt, summed over all of them. wasmtime's own limit is for
    /// each memory, so a guest with many would get many times as much.
    pub max_memory: usize,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        Self { max_memory: 256 << 20 }
    }
}

/// What an element of a table counts for, in bytes.
const TABLE_ELEMENT: usize = 16;

/// Sums up what a Store takes and refuses to go past the limit.
#[derive(Debug)]
pub(crate) struct StoreLimiter {
    max: usize,
    used: usize,
    refused: bool,
}

impl StoreLimiter {
    pub(crate) fn new(limits: &SandboxLimits) -> Self {
        Self { max: limits.max_memory, used: 0, refused: false }
    }

    /// Whether the guest's last wish was refused.
    pub(crate) fn has_refused(&self) -> bool {
        self.refused
    }

    /// The limit, in bytes.
    pub(crate) fn max(&self) -> usize {
        self.max
    }

    fn grow(&mut self, by: usize) -> bool {
        let used = self.used.saturating_add(by);
        if used > self.max {
            self.refused = true;
            return false;
        }
        // A guest that was refused and then got less has coped; what it dies of later is something else.
        self.refused = false;
        self.used = used;
        true
    }
}

impl ResourceLimiter for StoreLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        // Past the memory's own maximum the engine refuses anyway, and nothing is taken.
        if maximum.is_some_and(|max| desired > max) {
            return Ok(false);
        }
        Ok(self.grow(desired.saturating_sub(current)))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|max| desired > max) {
            return Ok(false);
        }
        Ok(self.grow(desired.saturating_sub(current).saturating_mul(TABLE_ELEMENT)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_count_together() {
        let mut limiter = StoreLimiter::new(&SandboxLimits { max_memory: 1000 });
        assert!(limiter.memory_growing(0, 600, None).unwrap());
        assert!(limiter.table_growing(0, 20, None).unwrap());
        assert!(!limiter.has_refused());
        assert!(!limiter.memory_growing(0, 100, None).unwrap());
        assert!(limiter.has_refused());
    }

    #[test]
    fn a_guest_that_copes_with_a_refusal_is_not_out_of_memory() {
        let mut limiter = StoreLimiter::new(&SandboxLimits { max_memory: 1000 });
        assert!(!limiter.memory_growing(0, 2000, None).unwrap());
        assert!(limiter.memory_growing(0, 10, None).unwrap());
        assert!(!limiter.has_refused());
    }

    #[test]
    fn growing_past_a_memorys_own_maximum_is_not_the_limits_doing() {
        let mut limiter = StoreLimiter::new(&SandboxLimits { max_memory: 1000 });
        assert!(!limiter.memory_growing(0, 600, Some(500)).unwrap());
        assert!(!limiter.has_refused());
    }
}
