//! The known name that a mistyped one was probably meant to be.

/// The candidate that looks most like `name`, if any is near enough to be worth a "did you mean".
///
/// Near is a Damerau–Levenshtein distance of at most a third of the longer name, or one that differs in case, `-` and
/// `_` only, or a candidate that `name` begins.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = fold(name);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let folded = fold(candidate);
            let longest = wanted.chars().count().max(folded.chars().count());
            let distance = strsim::damerau_levenshtein(&wanted, &folded);
            let begins = wanted.chars().count() >= 3 && folded.starts_with(&wanted);
            (begins || distance * 3 <= longest).then_some((distance, candidate))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Names of absurd length are cut: the distance takes time and memory in the product of the lengths.
fn fold(name: &str) -> String {
    name.chars().take(100).map(|letter| if letter == '-' { '_' } else { letter.to_ascii_lowercase() }).collect()
}
