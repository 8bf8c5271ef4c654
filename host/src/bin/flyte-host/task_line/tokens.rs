//! The words of a task line.

use std::ffi::OsString;

use clap::CommandFactory;
use flyte_host::record::nearest;

use crate::args::Args;
use crate::diagnosis::Diagnosis;

/// The word between two steps.
pub(crate) const THEN: &str = "then";

/// The words that have not been read yet.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'l> {
    rest: std::collections::VecDeque<&'l str>,
}

/// A word that is a flag: `--batch.batch_id` or `--batch.batch_id=x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag<'l> {
    /// Without the dashes.
    pub name: &'l str,
    /// What follows the `=`.
    pub value: Option<&'l str>,
}

impl<'l> Tokens<'l> {
    pub(crate) fn new(line: &'l [OsString]) -> Result<Self, Diagnosis> {
        let text = |word: &'l OsString| {
            word.to_str().ok_or_else(|| {
                Diagnosis::usage(format!("`{}` on the command line is invalid UTF-8", word.to_string_lossy()))
            })
        };
        Ok(Self { rest: line.iter().map(text).collect::<Result<_, _>>()? })
    }

    pub(crate) fn next(&mut self) -> Option<&'l str> {
        self.rest.pop_front()
    }

    pub(crate) fn peek(&self) -> Option<&'l str> {
        self.rest.front().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'l> Flag<'l> {
    pub(crate) fn of(word: &'l str) -> Option<Self> {
        let body = word.strip_prefix("--").filter(|body| !body.is_empty())?;
        let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
        Some(Self { name, value })
    }
}

/// The option of `flyte-host run` that a word is, or was probably meant to be.
pub(crate) fn host_option(word: &str) -> Option<String> {
    let mut command = Args::command();
    command.build();
    let run = command.find_subcommand("run")?;
    if let Some(short) = word.strip_prefix('-').filter(|rest| rest.chars().count() == 1) {
        let option = run.get_arguments().find(|argument| argument.get_short() == short.chars().next())?;
        return option.get_long().map(|name| format!("--{name}"));
    }
    let name = Flag::of(word)?.name;
    let options: Vec<&str> = run.get_arguments().filter_map(|argument| argument.get_long()).collect();
    nearest(name, options).map(|option| format!("--{option}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_has_a_name_and_perhaps_a_value() {
        assert_eq!(Flag::of("--a.b"), Some(Flag { name: "a.b", value: None }));
        assert_eq!(Flag::of("--a=b=c"), Some(Flag { name: "a", value: Some("b=c") }));
        assert_eq!(Flag::of("--a="), Some(Flag { name: "a", value: Some("") }));
        assert_eq!(Flag::of("--"), None);
        assert_eq!(Flag::of("-a"), None);
    }

    #[test]
    fn options_of_the_host_are_recognised() {
        assert_eq!(host_option("--max-runtime=3s").as_deref(), Some("--max-runtime"));
        assert_eq!(host_option("--quite").as_deref(), Some("--quiet"));
        assert_eq!(host_option("-q").as_deref(), Some("--quiet"));
        assert_eq!(host_option("--batch"), None);
    }
}
