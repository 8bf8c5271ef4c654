//! What a task may use outside its sandbox: `rights(read = "/data", optional(env = "DEBUG"))`.

use crate::capability;
use crate::errors::{self, Errors};
use crate::parse::{Argument, ArgumentValue, Arguments, literal};
use syn::{Expr, Lit, LitStr};

/// One capability that is declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
    Env,
    Net,
}

pub(crate) struct Right {
    pub(crate) kind: Kind,
    pub(crate) argument: LitStr,
    pub(crate) optional: bool,
}

const FORM: &str = r#"rights(read = "/data", env = ["TOKEN", "REGION"], optional(net = "example.com:443"))"#;
const KEYS: [&str; 5] = ["read", "write", "env", "net", "optional"];
/// More than these the host does not take.
const MOST: usize = 256;

/// The rights in `argument`, whose key is `rights`.
pub(super) fn rights(argument: &Argument, errors: &mut Errors) -> Vec<Right> {
    let ArgumentValue::List(Arguments(keys)) = &argument.value else {
        errors.push(argument, errors::wrong_form("rights", FORM));
        return Vec::new();
    };
    let mut rights = Vec::new();
    read(keys, false, &mut rights, errors);
    if rights.len() > MOST {
        errors.push(&argument.key, errors::too_many_rights(rights.len(), MOST));
    }
    rights
}

/// Takes over what `keys` declare; a kind may come as often as there are things of it.
fn read(keys: &[Argument], optional: bool, rights: &mut Vec<Right>, errors: &mut Errors) {
    for key in keys {
        let kind = match key.name().as_str() {
            "read" => Kind::Read,
            "write" => Kind::Write,
            "env" => Kind::Env,
            "net" => Kind::Net,
            "optional" if !optional => {
                match &key.value {
                    ArgumentValue::List(Arguments(keys)) => read(keys, true, rights, errors),
                    _ => errors.push(key, errors::wrong_form("optional", r#"optional(env = "DEBUG")"#)),
                }
                continue;
            }
            name => {
                let known = if optional { &KEYS[..4] } else { &KEYS };
                errors.push(&key.key, errors::unknown_key(name, known));
                continue;
            }
        };
        let Some(arguments) = strings(key) else {
            errors.push(key, errors::wrong_form(&key.name(), kind.form()));
            continue;
        };
        for argument in arguments {
            let text = argument.value();
            if let Err(reason) = kind.check(&text) {
                errors.push(argument, errors::right(&reason, kind.form()));
            } else if rights.iter().any(|known| known.kind == kind && known.argument.value() == text) {
                errors.push(argument, errors::duplicate_right(&key.name(), &text));
            } else {
                rights.push(Right { kind, argument: argument.clone(), optional });
            }
        }
    }
}

impl Kind {
    fn check(self, text: &str) -> Result<(), String> {
        match self {
            Self::Read | Self::Write => capability::path(text),
            Self::Env => capability::variable(text),
            Self::Net => capability::target(text),
        }
    }

    /// How one is written.
    fn form(self) -> &'static str {
        match self {
            Self::Read => r#"read = "/data"` or `read = ["/data", "/models"]"#,
            Self::Write => r#"write = "/out"` or `write = ["/out", "/cache"]"#,
            Self::Env => r#"env = "TOKEN"` or `env = ["TOKEN", "REGION"]"#,
            Self::Net => r#"net = "example.com:443"` or `net = ["example.com:443", "[::1]:5432", "*:80"]"#,
        }
    }
}

/// The strings of `key = "a"` and of `key = ["a", "b"]`; `None` where there is anything else, or nothing.
pub(super) fn strings(argument: &Argument) -> Option<Vec<&LitStr>> {
    if let Some(string) = argument.string() {
        return Some(vec![string]);
    }
    let ArgumentValue::Expr(expr) = &argument.value else { return None };
    let Expr::Array(array) = &**expr else { return None };
    let string = |element| match literal(element) {
        Some(Lit::Str(string)) => Some(string),
        _ => None,
    };
    array.elems.iter().map(string).collect::<Option<Vec<_>>>().filter(|strings| !strings.is_empty())
}
