//! Who is told of a build, and may stop it.

use std::path::Path;
use std::time::Duration;

use crate::build::{Remark, Stop};

/// Something that happens while a component is built.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildEvent<'e> {
    /// What goes on, in a line.
    Note(&'e str),
    /// Something is not as it should be, and the build goes on.
    Warning {
        /// The author's file that is built.
        file: &'e Path,
        /// What it is.
        remark: &'e Remark,
    },
}

/// Who is told of a build and may stop it, and how long each step of it may take.
pub(super) struct Watch<'w> {
    pub(super) tell: &'w mut dyn FnMut(BuildEvent<'_>),
    pub(super) stop: &'w Stop,
    pub(super) longest: Duration,
}

impl Watch<'_> {
    pub(super) fn note(&mut self, text: &str) {
        (self.tell)(BuildEvent::Note(text));
    }
}
