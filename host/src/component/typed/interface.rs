//! Interfaces by their names in WIT, and which of them stands for which.

/// The name of an interface: `namespace:package/name@version`, or a plain name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Interface(Box<str>);

/// How many of its names an interface may be known by: its own, the package's, the namespace, the version.
pub(super) const NAMES: usize = 4;

/// Why one interface is not another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Other {
    Name,
    Package,
    Version,
}

impl Interface {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// As WIT has it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Its own name.
    pub(crate) fn name(&self) -> &str {
        self.parts().1
    }

    /// `namespace:package`, the name, and the version.
    fn parts(&self) -> (Option<&str>, &str, Option<&str>) {
        let (path, version) = match self.0.split_once('@') {
            Some((path, version)) => (path, Some(version)),
            None => (&*self.0, None),
        };
        match path.rsplit_once('/') {
            Some((package, name)) => (Some(package), name, version),
            None => (None, path, version),
        }
    }

    /// So many of its names, from 1 to [`NAMES`], as the name of an environment.
    pub(super) fn environment(&self, names: usize) -> String {
        let (package, name, version) = self.parts();
        let (namespace, package) = match package.map(|package| package.rsplit_once(':').unwrap_or(("", package))) {
            Some((namespace, package)) => (Some(namespace), Some(package)),
            None => (None, None),
        };
        let before = [namespace.filter(|_| names > 2), package.filter(|_| names > 1)];
        let words = before.into_iter().flatten().chain([name]).chain(version.filter(|_| names > 3));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let joined = words.join("-");
        if names > 1 { joined.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-") } else { joined }
    }

    /// Whether who wants `wanted` may be given this one: of the same package, in a version that is compatible.
    ///
    /// # Errors
    /// What is different.
    pub(crate) fn stands_for(&self, wanted: &Self) -> Result<(), Other> {
        let ((package, name, version), (wanted_package, wanted_name, wanted_version)) =
            (self.parts(), wanted.parts());
        match () {
            () if name != wanted_name => Err(Other::Name),
            () if package != wanted_package => Err(Other::Package),
            () if version == wanted_version => Ok(()),
            () => match (version.and_then(numbers), wanted_version.and_then(numbers)) {
                (Some(given), Some(wanted)) if is_compatible(given, wanted) => Ok(()),
                _ => Err(Other::Version),
            },
        }
    }
}

/// Major, minor and patch; what is before a release is compatible with nothing.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    let numbers: Vec<u64> = version.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}

/// Semantic versions, as the component model has them: the first number that is not 0 says what goes together, and what
/// follows may be newer. Patches add nothing to an interface.
fn is_compatible([major, minor, patch]: [u64; 3], [wanted_major, wanted_minor, wanted_patch]: [u64; 3]) -> bool {
    major == wanted_major
        && match (major, minor) {
            (0, 0) => wanted_minor == 0 && patch == wanted_patch,
            (0, _) => minor == wanted_minor,
            _ => minor >= wanted_minor,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands_for(given: &str, wanted: &str) -> Result<(), Other> {
        Interface::new(given).stands_for(&Interface::new(wanted))
    }

    #[test]
    fn an_interface_stands_for_one_of_its_package_in_a_compatible_version() {
        for (given, wanted, expected) in [
            ("a:b/c", "a:b/c", Ok(())),
            ("c", "c", Ok(())),
            ("a:b/c@1.2.0", "a:b/c@1.2.0", Ok(())),
            ("a:b/c@1.3.0", "a:b/c@1.2.9", Ok(())),
            ("a:b/c@1.2.0", "a:b/c@1.2.9", Ok(())),
            ("a:b/c@1.2.0+build", "a:b/c@1.2.0", Ok(())),
            ("a:b/c@0.2.1", "a:b/c@0.2.7", Ok(())),
            ("a:b/c@0.0.3", "a:b/c@0.0.3", Ok(())),
            ("a:b/c@1.2.0-rc.1", "a:b/c@1.2.0-rc.1", Ok(())),
            ("a:b/c@1.1.0", "a:b/c@1.2.0", Err(Other::Version)),
            ("a:b/c@2.2.0", "a:b/c@1.2.0", Err(Other::Version)),
            ("a:b/c@0.3.0", "a:b/c@0.2.0", Err(Other::Version)),
            ("a:b/c@0.0.4", "a:b/c@0.0.3", Err(Other::Version)),
            ("a:b/c@0.1.3", "a:b/c@0.0.3", Err(Other::Version)),
            ("a:b/c@1.2.0", "a:b/c@1.2.0-rc.1", Err(Other::Version)),
            ("a:b/c@1.2.0", "a:b/c", Err(Other::Version)),
            ("a:b/c@1.2", "a:b/c@1.2.0", Err(Other::Version)),
            ("a:x/c@1.2.0", "a:b/c@1.2.0", Err(Other::Package)),
            ("x:b/c@1.2.0", "a:b/c@1.2.0", Err(Other::Package)),
            ("c", "a:b/c", Err(Other::Package)),
            ("a:b/d", "a:b/c", Err(Other::Name)),
        ] {
            assert_eq!(stands_for(given, wanted), expected, "{given} for {wanted}");
        }
    }

    #[test]
    fn an_environment_has_as_many_names_as_are_needed() {
        let names = |text, names| Interface::new(text).environment(names);
        assert_eq!(names("a:b/c@1.2.0", 1), "c");
        assert_eq!(names("a:b/c@1.2.0", 2), "b-c");
        assert_eq!(names("a:b/c@1.2.0", 3), "a-b-c");
        assert_eq!(names("a:b/c@1.2.0-rc.1", 4), "a-b-c-1-2-0-rc-1");
        assert_eq!(names("c", 4), "c");
    }
}
