//! What a guest means by a path, in the guest's own view of the tree.

use crate::rights::GuestPath;

/// The longest path that is told, in bytes.
const LONGEST: usize = 4096;

/// The guest's path of `asked`, which it asked for below its directory `base`.
///
/// This is for telling only: links are not looked at, `..` stops at the root, and what can't be shown is replaced.
pub(super) fn joined(base: &GuestPath, asked: &str) -> GuestPath {
    let mut parts: Vec<&str> = if asked.starts_with('/') { Vec::new() } else { split(base.as_str()).collect() };
    for part in split(asked) {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut text = format!("/{}", parts.join("/")).replace(char::is_control, "\u{fffd}");
    text.truncate(text.floor_char_boundary(LONGEST));
    GuestPath::parse(&text).unwrap_or_else(|_| base.clone())
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below_data(asked: &str) -> String {
        joined(&GuestPath::parse("/data").unwrap(), asked).to_string()
    }

    #[test]
    fn a_path_is_told_as_the_guest_means_it() {
        assert_eq!(below_data("in/./a.txt"), "/data/in/a.txt");
        assert_eq!(below_data("."), "/data");
        assert_eq!(below_data(""), "/data");
        assert_eq!(below_data("../etc/passwd"), "/etc/passwd");
        assert_eq!(below_data("../../../etc/passwd"), "/etc/passwd");
        assert_eq!(below_data("/etc/passwd"), "/etc/passwd");
        assert_eq!(below_data(".."), "/");
    }

    #[test]
    fn what_cannot_be_shown_is_replaced() {
        assert_eq!(below_data("a\u{1b}[31m\nb"), "/data/a\u{fffd}[31m\u{fffd}b");
        assert!(below_data(&"é".repeat(5000)).len() <= 4096);
    }
}
