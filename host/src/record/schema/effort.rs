//! How much the second pass over a schema may gather.

/// The most names and properties that unions and `allOf` gather from their parts, over a whole schema. By references,
/// each of ten thousand could gather the same ten thousand.
pub(crate) const MOST_GATHERED: usize = 1 << 18;

/// What is left to be gathered.
#[derive(Debug)]
pub(crate) struct Effort {
    left: usize,
    exceeded: bool,
}

impl Effort {
    pub(crate) fn new() -> Self {
        Self { left: MOST_GATHERED, exceeded: false }
    }

    /// Takes one more; None where there is no more.
    pub(crate) fn take(&mut self) -> Option<()> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Some(())
            }
            None => {
                self.exceeded = true;
                None
            }
        }
    }

    /// Whether more was asked for than there was.
    pub(crate) fn exceeded(&self) -> bool {
        self.exceeded
    }
}
