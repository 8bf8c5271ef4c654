//! Keeps granted secrets out of what is told of a run.

use std::borrow::Cow;
use std::fmt;

use aho_corasick::AhoCorasick;

use crate::rights::{GuestPath, Variable};

/// What stands in a secret's place.
const MASK: &str = "***";

/// The shortest value, or line of a value, that is looked for, in bytes. What is shorter stands everywhere by chance.
const SHORTEST: usize = 4;

/// Finds the values of granted secrets in texts.
///
/// It finds a value as it is, each line of it, and its form inside a JSON string. It cannot find one that a guest wrote
/// in another way: who has a secret can tell it.
pub struct Secrets {
    exact: AhoCorasick,
    /// For what the host itself puts into lower case.
    any_case: AhoCorasick,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// The secrets among `variables`; `None` where there are none.
    pub(super) fn among(variables: &[Variable]) -> Option<Self> {
        let mut forms = Vec::new();
        for variable in variables.iter().filter(|variable| variable.secret) {
            for form in std::iter::once(variable.value.as_str()).chain(variable.value.lines().map(str::trim)) {
                forms.push(form.to_owned());
                let quoted = serde_json::Value::from(form).to_string();
                forms.push(quoted[1..quoted.len() - 1].to_owned());
                // As it stands in a path that a guest was refused.
                forms.extend(GuestPath::parse(&format!("/{form}")).map(|path| path.as_str()[1..].to_owned()));
            }
        }
        forms.retain(|form| form.len() >= SHORTEST);
        forms.sort();
        forms.dedup();
        if forms.is_empty() {
            return None;
        }
        // Values come from the operator; they are few and short enough for any automaton.
        let exact = AhoCorasick::new(&forms).ok()?;
        let any_case = AhoCorasick::builder().ascii_case_insensitive(true).build(&forms).ok()?;
        Some(Self { exact, any_case })
    }

    /// The text with each secret masked.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = String::new();
        let mut told = 0;
        for (start, end) in self.places(text.as_bytes()) {
            masked.push_str(&text[told..start]);
            masked.push_str(MASK);
            told = end;
        }
        if told == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(&text[told..]);
        Cow::Owned(masked)
    }

    /// As [`Secrets::mask`], of a text of which at most `most` bytes will be told: what is far beyond them is not
    /// looked at, and no secret is cut by them.
    pub(crate) fn mask_start<'t>(&self, text: &'t str, most: usize) -> Cow<'t, str> {
        let looked_at = text.floor_char_boundary(most.saturating_add(self.exact.max_pattern_len()));
        self.mask(&text[..looked_at])
    }

    /// Where secrets are, in order; those that overlap are one place.
    fn places(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> =
            self.exact.find_overlapping_iter(text).map(|found| (found.start(), found.end())).collect();
        found.sort_unstable();
        let mut places: Vec<(usize, usize)> = Vec::with_capacity(found.len());
        for (start, end) in found {
            match places.last_mut().filter(|last| start < last.1) {
                Some(last) => last.1 = last.1.max(end),
                None => places.push((start, end)),
            }
        }
        places
    }

    /// Whether a text holds a secret, in whatever case of ASCII's letters.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.any_case.is_match(text)
    }

    /// How much of a text that goes on can be told already: no secret begins before that place and ends after it.
    pub(crate) fn whole(&self, begun: &[u8]) -> usize {
        let end = begun.len().saturating_sub(self.exact.max_pattern_len() - 1);
        let cut = self.places(begun).into_iter().find(|place| place.0 < end && place.1 > end);
        cut.map_or(end, |place| place.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::Capability;

    fn secrets(values: &[&str]) -> Option<Secrets> {
        let variables: Vec<Variable> = values
            .iter()
            .map(|v| Variable { name: "S".to_owned(), value: (*v).to_owned(), secret: true })
            .collect();
        Secrets::among(&variables)
    }

    #[test]
    fn values_lines_and_json_forms_are_masked() {
        let secrets = secrets(&["hunter2", "line one\nline two", "quo\"ted"]).unwrap();
        assert_eq!(secrets.mask("a hunter2, b hunter22"), "a ***, b ***2");
        assert_eq!(secrets.mask("only line two"), "only ***");
        assert_eq!(secrets.mask(r#"{"k":"quo\"ted"}"#), r#"{"k":"***"}"#);
        assert!(matches!(secrets.mask("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_text_that_goes_on_is_never_cut_within_a_secret() {
        let secrets = secrets(&["abcdef"]).unwrap();
        assert_eq!(secrets.whole(b"12345678"), 3, "a secret may have begun with the last five");
        assert_eq!(secrets.whole(b"abc"), 0);
        assert_eq!(secrets.whole(b"1abcdef2"), 1, "a cut at 3 would go through it");
        assert_eq!(secrets.whole(b"abcdef12345"), 6);
    }

    #[test]
    fn a_secret_in_the_name_of_a_host_is_masked_in_lower_case_too() {
        let secrets = secrets(&["HunTer2.", "other"]).unwrap();
        let told = |target: &str| Capability::net(target).unwrap().masked(&secrets).to_string();
        assert_eq!(told("HunTer2.example.com:80"), "net ***:80");
        assert_eq!(told("x.hunter2."), "net ***");
        assert_eq!(told("example.com:80"), "net example.com:80");
        assert_eq!(secrets.mask("in a text, hunter2. is another"), "in a text, hunter2. is an***");
    }

    #[test]
    fn what_is_short_is_no_secret() {
        assert!(secrets(&["", "1", "abc"]).is_none());
        let plain = Variable { name: "P".to_owned(), value: "plain value".to_owned(), secret: false };
        assert!(Secrets::among(&[plain]).is_none());
    }

    #[test]
    fn the_longest_of_two_is_masked_whole() {
        assert_eq!(secrets(&["pass", "password"]).unwrap().mask("my password"), "my ***");
    }

    #[test]
    fn of_two_that_overlap_nothing_remains() {
        assert_eq!(secrets(&["hunter22", "22secret"]).unwrap().mask("a hunter22secret b"), "a *** b");
    }

    #[test]
    fn what_is_cut_is_masked_first() {
        let secrets = secrets(&["hunter22"]).unwrap();
        assert_eq!(secrets.mask_start("xxhunter22 and more", 6), "xx*** and");
    }

    #[test]
    fn a_path_is_masked_as_paths_are_told() {
        let secrets = secrets(&["ab//cd/./ef"]).unwrap();
        assert_eq!(secrets.mask("/in/ab/cd/ef"), "/in/***");
    }
}
