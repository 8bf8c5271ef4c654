//! A guest's backtrace, fit to read.

/// The frames of a backtrace, innermost first, without what says nothing about the guest: the hashes in symbols, the
/// panic machinery above the frame that panicked, and all but the first of equal frames in a row.
#[must_use]
pub fn frames(backtrace: &[String]) -> Vec<String> {
    let names: Vec<String> = backtrace.iter().map(|frame| without_hashes(frame)).collect();
    let machinery = names.iter().rposition(|name| is_machinery(name)).map_or(0, |last| last + 1);
    // A backtrace of nothing else would be a riddle.
    let telling = if machinery < names.len() { &names[machinery..] } else { &names[..] };
    let mut frames: Vec<(String, usize)> = Vec::new();
    for name in telling {
        match frames.last_mut() {
            Some((last, times)) if last == name => *times += 1,
            _ => frames.push((name.clone(), 1)),
        }
    }
    let shown =
        frames.into_iter().map(|(name, times)| if times == 1 { name } else { format!("{name} ({times} times)") });
    shown.collect()
}

/// Whether a frame belongs to what Rust's library does after a panic has begun.
fn is_machinery(name: &str) -> bool {
    // What catches a panic was there before it, and the guest's frames are above.
    if name.starts_with("std::panicking::catch_unwind") || name.starts_with("std::panicking::try") {
        return false;
    }
    const BEGINNINGS: [&str; 8] = [
        "__rustc::rust_begin_unwind",
        "core::option::expect_failed",
        "core::option::unwrap_failed",
        "core::panicking::",
        "core::result::unwrap_failed",
        "rust_begin_unwind",
        "std::panicking::",
        "std::process::abort",
    ];
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// `std[d123b7a1a2ed1472]::f` and `std::f::hd123b7a1a2ed1472` as `std::f`.
fn without_hashes(frame: &str) -> String {
    let mut text = String::with_capacity(frame.len());
    let mut rest = frame;
    while let Some(letter) = rest.chars().next() {
        let hash = rest.strip_prefix('[').filter(|tail| starts_with_hex(tail)).and_then(|tail| tail.get(16..));
        let legacy = rest.strip_prefix("::h").filter(|tail| starts_with_hex(tail)).and_then(|tail| tail.get(16..));
        if let Some(after) = hash.and_then(|tail| tail.strip_prefix(']')) {
            rest = after;
        } else if let Some(after) = legacy.filter(|tail| !tail.starts_with(|next: char| next.is_alphanumeric())) {
            rest = after;
        } else {
            text.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    text
}

fn starts_with_hex(text: &str) -> bool {
    text.len() >= 16 && text.bytes().take(16).all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go() {
        let names = [
            "std[d123b7a1a2ed1472]::f::<core[6d9e98711c484d2e]::T>",
            "a::{{closure}}::hb128130a4bfa6801",
            "a[b]::c",
        ];
        let backtrace = names.map(str::to_owned);
        assert_eq!(frames(&backtrace), ["std::f::<core::T>", "a::{{closure}}", "a[b]::c"]);
    }

    #[test]
    fn what_follows_a_panic_goes() {
        let names = [
            "abort",
            "std::process::abort",
            "__rustc::rust_begin_unwind",
            "core::panicking::panic_fmt",
            "mine",
            "run",
        ];
        assert_eq!(frames(&names.map(str::to_owned)), ["mine", "run"]);
        let only_machinery = ["abort", "std::process::abort"].map(str::to_owned);
        assert_eq!(frames(&only_machinery), only_machinery);
    }

    #[test]
    fn recursion_is_told_once() {
        let names = ["f", "f", "f", "main"].map(str::to_owned);
        assert_eq!(frames(&names), ["f (3 times)", "main"]);
    }
}
