//! Where a value stands inside a record.

use std::fmt::{self, Display, Formatter};

use crate::record::cut;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// To the member of an object. A name of more than 64 characters is cut, and then ends with `…`.
    Field(String),
    /// To the item of an array, counted from 0.
    Index(usize),
    /// To every item of an array or every value of a map: where types are compared, not values.
    Each,
}

/// The way from the outermost value to one inside it; empty for the outermost value itself.
///
/// Displays as `batch.requests[1].feature_b`; a name that is no plain identifier is quoted: `map["a b"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldPath {
    steps: Vec<Step>,
}

impl FieldPath {
    /// The path of the outermost value.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether this is the path of the outermost value.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// This path, seen from a value that holds the outermost one in its member `name`.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        self.steps.insert(0, Step::Field(cut::name(name).into_owned()));
        self
    }
}

impl FromIterator<Step> for FieldPath {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self { steps: steps.into_iter().collect() }
    }
}

impl Display for FieldPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Each => f.write_str("[*]")?,
                Step::Field(name) if is_plain(name) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(name)?;
                }
                Step::Field(name) => write!(f, "[{name:?}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a name reads unambiguously without quotes.
fn is_plain(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_' || first == '$')
        && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$'))
}

/// A path under construction: lives on the stack of the walk, so that a walk without findings allocates nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trail<'t> {
    Root,
    Field(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, usize),
    /// See `Step::Each`.
    Each(&'t Trail<'t>),
}

impl Trail<'_> {
    /// The path in a form that outlives the walk.
    pub(crate) fn to_path(self) -> FieldPath {
        let mut steps = Vec::new();
        let mut here = self;
        loop {
            here = match here {
                Trail::Root => break,
                Trail::Field(parent, name) => {
                    steps.push(Step::Field(cut::name(name).into_owned()));
                    *parent
                }
                Trail::Each(parent) => {
                    steps.push(Step::Each);
                    *parent
                }
                Trail::Index(parent, index) => {
                    steps.push(Step::Index(index));
                    *parent
                }
            };
        }
        steps.reverse();
        FieldPath { steps }
    }
}
