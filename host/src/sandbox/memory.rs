//! The memory of one attempt.

use wasmtime::ResourceLimiter;

/// What an element of a table counts for, in bytes.
const TABLE_ELEMENT: usize = 16;

/// Sums up what a Store takes and refuses to go past the limit.
#[derive(Debug)]
pub(crate) struct StoreLimiter {
    max: usize,
    used: usize,
    refused: Option<usize>,
}

impl StoreLimiter {
    /// A limit of `max` bytes, summed over memories and tables.
    pub(crate) fn new(max: usize) -> Self {
        Self { max, used: 0, refused: None }
    }

    /// How much the guest would have had with its last wish, where that was refused.
    pub(crate) fn refused(&self) -> Option<usize> {
        self.refused
    }

    /// A refusal in an earlier call explains nothing in the next.
    pub(crate) fn forget_refusal(&mut self) {
        self.refused = None;
    }

    /// The limit, in bytes.
    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// The most the guest has had, in bytes: memories and tables never shrink.
    pub(crate) fn peak(&self) -> usize {
        self.used
    }

    fn grow(&mut self, by: usize) -> bool {
        let used = self.used.saturating_add(by);
        if used > self.max {
            self.refused = Some(used);
            return false;
        }
        // A guest that was refused and then got less has coped; what it dies of later is something else.
        self.refused = None;
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
        let mut limiter = StoreLimiter::new(1000);
        assert!(limiter.memory_growing(0, 600, None).unwrap());
        assert!(limiter.table_growing(0, 20, None).unwrap());
        assert_eq!(limiter.refused(), None);
        assert!(!limiter.memory_growing(0, 100, None).unwrap());
        assert_eq!((limiter.refused(), limiter.peak()), (Some(1020), 920));
    }

    #[test]
    fn a_guest_that_copes_with_a_refusal_is_not_out_of_memory() {
        let mut limiter = StoreLimiter::new(1000);
        assert!(!limiter.memory_growing(0, 2000, None).unwrap());
        assert!(limiter.memory_growing(0, 10, None).unwrap());
        assert_eq!(limiter.refused(), None);
    }

    #[test]
    fn growing_past_a_memorys_own_maximum_is_not_the_limits_doing() {
        let mut limiter = StoreLimiter::new(1000);
        assert!(!limiter.memory_growing(0, 600, Some(500)).unwrap());
        assert_eq!(limiter.refused(), None);
    }
}
