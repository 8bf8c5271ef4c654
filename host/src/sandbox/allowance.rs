//! How many host resources of one kind a sandbox may hold.

use std::any::Any;

use wasmtime::component::ResourceTable;

/// A bound on the resources of one kind, beside the one on all handles: some cost the host more than an entry in a
/// table.
#[derive(Debug)]
pub(super) struct Allowance {
    most: usize,
    /// How many more there may be without counting anew.
    left: usize,
}

impl Allowance {
    /// At most `most` at once.
    pub(super) fn of(most: usize) -> Self {
        Self { most, left: most }
    }

    /// Takes one more; `false` where there are too many.
    ///
    /// Nobody tells when a resource is dropped. So those that live are counted, but only once the allowance looks used
    /// up, which makes it cheap for all who stay far below it.
    pub(super) fn take(&mut self, table: &mut ResourceTable, is_counted: fn(&dyn Any) -> bool) -> bool {
        if self.left == 0 {
            let live = table.iter_mut().filter(|entry| is_counted(&**entry)).count();
            self.left = self.most.saturating_sub(live);
        }
        let taken = self.left > 0;
        self.left = self.left.saturating_sub(1);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_may_be_made_anew() {
        let mut table = ResourceTable::new();
        let mut allowance = Allowance::of(2);
        let mut make = |table: &mut ResourceTable| {
            allowance.take(table, |entry| entry.is::<u8>()).then(|| table.push(7_u8).unwrap())
        };
        table.push("another kind").unwrap();
        let first = make(&mut table).unwrap();
        make(&mut table).unwrap();
        assert!(make(&mut table).is_none() && make(&mut table).is_none());
        table.delete(first).unwrap();
        assert!(make(&mut table).is_some());
        assert!(make(&mut table).is_none());
    }
}
