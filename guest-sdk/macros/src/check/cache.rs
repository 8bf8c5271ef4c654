//! When a result may be an earlier one: `cache(auto, ignored = ["note"], serialize, max_age = "1h")`.

use super::is_duplicate;
use super::policy::duration;
use super::rights::strings;
use crate::errors::{self, Errors, Problem};
use crate::parse::{Argument, ArgumentValue, Arguments};

#[derive(Default)]
pub(crate) struct Cache {
    pub(crate) behavior: CacheBehavior,
    pub(crate) ignored_inputs: Vec<String>,
    pub(crate) serialize: bool,
    /// In nanoseconds.
    pub(crate) max_age: Option<u64>,
}

#[derive(Default)]
pub(crate) enum CacheBehavior {
    #[default]
    Disable,
    Auto,
    Version(String),
}

const FORM: &str = r#"cache = "auto"`, `cache = "disable"`, `cache(version = "v1")` or `cache(auto, serialize)"#;
const KEYS: [&str; 5] = ["auto", "version", "ignored", "serialize", "max_age"];

/// What `argument` of a task says, whose key is `cache`.
pub(super) fn of_task(argument: &Argument, errors: &mut Errors) -> Cache {
    let mut cache = Cache::default();
    if let Some(mode) = argument.string() {
        match mode.value().as_str() {
            "auto" => cache.behavior = CacheBehavior::Auto,
            "disable" => {}
            _ => errors.push(mode, errors::wrong_form("cache", FORM)),
        }
        return cache;
    }
    match &argument.value {
        ArgumentValue::List(Arguments(keys)) if !keys.is_empty() => cache.read(argument, keys, errors),
        _ => errors.push(argument, errors::wrong_form("cache", FORM)),
    }
    cache
}

impl Cache {
    fn read(&mut self, argument: &Argument, keys: &[Argument], errors: &mut Errors) {
        let (mut auto, mut version) = (false, false);
        for (index, key) in keys.iter().enumerate() {
            match (key.name().as_str(), &key.value) {
                _ if is_duplicate(keys, index, errors) => {}
                ("auto", ArgumentValue::None) => {
                    auto = true;
                    self.behavior = CacheBehavior::Auto;
                }
                ("version", _) => {
                    version = true;
                    match key.string().map(syn::LitStr::value).filter(|version| !version.is_empty()) {
                        Some(version) => self.behavior = CacheBehavior::Version(version),
                        None => errors.push(key, errors::wrong_form("version", r#"version = "v1""#)),
                    }
                }
                ("serialize", ArgumentValue::None) => self.serialize = true,
                ("auto" | "serialize", _) => errors.push(key, errors::wrong_form("cache", FORM)),
                ("ignored", _) => match strings(key) {
                    Some(names) => self.ignored_inputs = names.iter().map(|name| name.value()).collect(),
                    None => errors.push(key, errors::wrong_form("ignored", r#"ignored = ["note"]"#)),
                },
                ("max_age", _) => match duration(key, "1h", errors) {
                    Some(0) => errors.push(key.value_tokens(), Problem::new("`max_age` is longer than nothing")),
                    age => self.max_age = age,
                },
                (name, _) => errors.push(&key.key, errors::unknown_key(name, &KEYS)),
            }
        }
        if auto == version {
            errors.push(&argument.key, Problem::new("`cache` needs either `auto` or `version`, and not both"));
        }
    }
}
