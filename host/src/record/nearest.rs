//! The known name that a mistyped one was probably meant to be.

/// How many pairs of characters may be compared for one name: its distance to another takes the product of their
/// lengths, and there may be tens of thousands of others.
const MOST_COMPARED: usize = 1 << 18;

/// Names of absurd length are cut to so many characters.
const LONGEST: usize = 100;

/// The candidate that looks most like `name`, if any is near enough to be worth a "did you mean".
///
/// Near is a Damerau–Levenshtein distance of at most a third of the longer name, or one that differs in case, `-` and
/// `_` only, or a candidate that `name` begins. Where there are very many candidates, only the first are looked at.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let mut left = MOST_COMPARED;
    nearest_within(name, candidates, &mut left)
}

/// As [`nearest`]; what is compared is taken from `left`, and candidates beyond it are not looked at.
pub(crate) fn nearest_within<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    left: &mut usize,
) -> Option<&'c str> {
    let wanted = fold(name);
    let length = wanted.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        // Even a candidate that is passed over is read.
        let cost = LONGEST.min(candidate.len()).max(1);
        let Some(rest) = left.checked_sub(cost) else { break };
        *left = rest;
        let folded = fold(candidate);
        let other = folded.chars().count();
        let longest = length.max(other);
        let begins = length >= 3 && folded.starts_with(&wanted);
        // The distance is at least the difference of the lengths.
        if !begins && length.abs_diff(other) * 3 > longest {
            continue;
        }
        let Some(rest) = left.checked_sub(length * other) else { break };
        *left = rest;
        let distance = strsim::damerau_levenshtein(&wanted, &folded);
        if (begins || distance * 3 <= longest) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The name with what does not matter made alike.
fn fold(name: &str) -> String {
    name.chars().take(LONGEST).map(|letter| if letter == '-' { '_' } else { letter.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_does_not_grow_with_the_candidates() {
        let candidates: Vec<String> = (0..50_000).map(|n| format!("{}{n}", "candidate".repeat(20))).collect();
        let mut left = 1 << 20;
        assert_eq!(
            nearest_within("candidat", candidates.iter().map(String::as_str), &mut left),
            Some(&*candidates[0])
        );
        assert!(left < 1 << 20);
        let none = &mut 0;
        assert_eq!(nearest_within("a", ["a"], none), None);
    }
}
