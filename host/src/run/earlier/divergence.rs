//! A run that goes another way than the earlier one whose results it takes over.

use std::fmt;

use crate::run::ActionId;

/// How much is told of inputs, in bytes, to each side of where they differ.
const EXCERPT: usize = 40;

/// Where a run goes another way than the one it recovers or replays, though the results it was given are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Divergence {
    /// The action that invokes something else.
    pub action: ActionId,
    /// The same action in the earlier run.
    pub counterpart: ActionId,
    /// Its task.
    pub task: String,
    /// The number of the invocation among those of its attempt, from 0.
    pub call: u64,
    /// What was invoked then; `None`: nothing.
    pub then: Option<Invocation>,
    /// What is invoked now; `None`: nothing, it has ended.
    pub now: Option<Invocation>,
}

/// What was invoked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invocation {
    /// The task, by the name it was invoked with.
    pub task: String,
    /// Its inputs, about where they begin to differ; `None` where they were not kept.
    pub inputs: Option<String>,
}

impl Divergence {
    /// Leaves of the inputs what is around their first difference.
    pub(super) fn cut(mut self) -> Self {
        let text = |side: &Option<Invocation>| side.as_ref()?.inputs.clone();
        let (then, now) = (text(&self.then), text(&self.now));
        let differs = match (&then, &now) {
            (Some(then), Some(now)) => then.bytes().zip(now.bytes()).take_while(|(a, b)| a == b).count(),
            _ => 0,
        };
        for side in [&mut self.then, &mut self.now].into_iter().flatten() {
            side.inputs = side.inputs.take().map(|text| around(&text, differs));
        }
        self
    }
}

fn around(text: &str, at: usize) -> String {
    let (start, end) = (
        text.floor_char_boundary(at.saturating_sub(EXCERPT)),
        text.floor_char_boundary(at.saturating_add(EXCERPT)),
    );
    let dots = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", dots(start > 0), &text[start..end], dots(end < text.len()))
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, counterpart, task, call, .. } = self;
        write!(f, "diverged: invocation {call} of `{task}` ({action}; {counterpart} then) was ")?;
        match &self.then {
            Some(then) => write!(f, "{then}")?,
            None => f.write_str("none")?,
        }
        f.write_str(" then, and is ")?;
        match &self.now {
            Some(now) => write!(f, "{now} now"),
            None => f.write_str("none now"),
        }
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.task)?;
        self.inputs.as_ref().map_or(Ok(()), |inputs| write!(f, " with {inputs}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_told_about_where_they_differ() {
        let invocation = |last: &str| {
            let inputs = Some(format!("{}{last}{}", "ä".repeat(100), "b".repeat(100)));
            Some(Invocation { task: "child".to_owned(), inputs })
        };
        let divergence = Divergence {
            action: ActionId(4),
            counterpart: ActionId(3),
            task: "parent".to_owned(),
            call: 2,
            then: invocation("1"),
            now: invocation("2"),
        };
        let told = divergence.cut().to_string();
        let (before, after) = ("ä".repeat(20), "b".repeat(39));
        assert_eq!(
            told,
            format!(
                "diverged: invocation 2 of `parent` (a4; a3 then) was `child` with …{before}1{after}… then, and is \
                 `child` with …{before}2{after}… now"
            )
        );
    }
}
