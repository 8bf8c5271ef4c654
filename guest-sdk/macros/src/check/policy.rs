//! How the host is to run a task: retries, backoff, limits, cache, reuse.

use super::{Cache, Reuse, cache, is_duplicate, reuse};
use crate::duration::nanoseconds;
use crate::errors::{self, Errors, Problem};
use crate::parse::{Argument, ArgumentValue, Arguments, literal};
use syn::Lit;

pub(crate) struct Policy {
    pub(crate) retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) retry_on_trap: bool,
    pub(crate) retry_on_limit: bool,
    /// In nanoseconds.
    pub(crate) max_runtime: Option<u64>,
    pub(crate) cache: Cache,
    pub(crate) reuse: Reuse,
}

/// Durations are in nanoseconds.
pub(crate) struct Backoff {
    pub(crate) initial: u64,
    pub(crate) factor: f64,
    pub(crate) cap: Option<u64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            retries: 0,
            backoff: Backoff { initial: 0, factor: 2.0, cap: None },
            retry_on_trap: false,
            retry_on_limit: false,
            max_runtime: None,
            cache: Cache::default(),
            reuse: Reuse::Inherited,
        }
    }
}

impl Policy {
    pub(super) const KEYS: [&str; 6] = ["retries", "backoff", "retry_on", "max_runtime", "cache", "reusable"];

    /// Takes over what `argument` says, whose key is one of [`Self::KEYS`].
    pub(super) fn set(&mut self, argument: &Argument, errors: &mut Errors) {
        match argument.name().as_str() {
            "retries" => self.set_retries(argument, errors),
            "backoff" => self.set_backoff(argument, errors),
            "retry_on" => self.set_retry_on(argument, errors),
            "max_runtime" => match duration(argument, "30s", errors) {
                Some(0) => {
                    errors.push(argument.value_tokens(), Problem::new("`max_runtime` is longer than nothing"))
                }
                Some(limit) => self.max_runtime = Some(limit),
                None => {}
            },
            "reusable" => self.reuse = reuse::of_task(argument, errors),
            _ => self.cache = cache::of_task(argument, errors),
        }
    }

    fn set_retries(&mut self, argument: &Argument, errors: &mut Errors) {
        let Some(Lit::Int(number)) = argument.literal() else {
            return errors.push(argument, errors::wrong_form("retries", "retries = 3"));
        };
        match number.base10_parse() {
            Ok(retries) => self.retries = retries,
            Err(_) => errors.push(number, Problem::new("`retries` is a number from 0 to 4294967295")),
        }
    }

    fn set_backoff(&mut self, argument: &Argument, errors: &mut Errors) {
        const FORM: &str = r#"backoff(initial = "100ms", factor = 2.0, cap = "5s")"#;
        let ArgumentValue::List(Arguments(keys)) = &argument.value else {
            return errors.push(argument, errors::wrong_form("backoff", FORM));
        };
        let mut initial = None;
        let mut cap = None;
        let mut initial_is_given = false;
        for (index, key) in keys.iter().enumerate() {
            match key.name().as_str() {
                _ if is_duplicate(keys, index, errors) => {}
                "initial" => {
                    initial_is_given = true;
                    initial = duration(key, "100ms", errors);
                }
                "cap" => cap = duration(key, "5s", errors).map(|length| (length, key)),
                "factor" => match factor(key) {
                    Some(factor) if factor.is_finite() && factor >= 1.0 => self.backoff.factor = factor,
                    Some(_) => errors.push(
                        key.value_tokens(),
                        Problem::new("`factor` is at least 1: a pause never becomes shorter"),
                    ),
                    None => errors.push(key, errors::wrong_form("factor", "factor = 2.0")),
                },
                name => errors.push(&key.key, errors::unknown_key(name, &["initial", "factor", "cap"])),
            }
        }
        if !initial_is_given {
            errors.push(
                &argument.key,
                Problem::new("`backoff` needs `initial`, the pause before the second attempt"),
            );
        }
        self.backoff.initial = initial.unwrap_or(0);
        if let Some((cap, key)) = cap {
            if cap < self.backoff.initial {
                errors.push(key.value_tokens(), Problem::new("`cap` is not shorter than `initial`"));
            } else {
                self.backoff.cap = Some(cap);
            }
        }
    }

    fn set_retry_on(&mut self, argument: &Argument, errors: &mut Errors) {
        let ArgumentValue::List(Arguments(causes)) = &argument.value else {
            return errors.push(argument, errors::wrong_form("retry_on", "retry_on(trap, limit)"));
        };
        for (index, cause) in causes.iter().enumerate() {
            match (cause.name().as_str(), &cause.value) {
                _ if is_duplicate(causes, index, errors) => {}
                ("trap", ArgumentValue::None) => self.retry_on_trap = true,
                ("limit", ArgumentValue::None) => self.retry_on_limit = true,
                ("trap" | "limit", _) => {
                    errors.push(cause, errors::wrong_form("retry_on", "retry_on(trap, limit)"))
                }
                (name, _) => errors.push(&cause.key, errors::unknown_key(name, &["trap", "limit"])),
            }
        }
    }
}

/// The nanoseconds of `key = "duration"`.
pub(super) fn duration(argument: &Argument, example: &str, errors: &mut Errors) -> Option<u64> {
    let name = argument.name();
    let Some(text) = argument.string() else {
        errors.push(argument, errors::wrong_form(&name, &format!("{name} = \"{example}\"")));
        return None;
    };
    match nanoseconds(&text.value()) {
        Ok(length) => Some(length),
        Err(reason) => {
            errors.push(text, errors::duration(&reason));
            None
        }
    }
}

/// A number, which may have a sign: it is refused later, with the better reason.
fn factor(argument: &Argument) -> Option<f64> {
    let ArgumentValue::Expr(expr) = &argument.value else { return None };
    let (sign, expr) = match &**expr {
        syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => (-1.0, &*unary.expr),
        other => (1.0, other),
    };
    match literal(expr)? {
        Lit::Float(number) => number.base10_parse::<f64>().ok().map(|number| sign * number),
        Lit::Int(number) => number.base10_parse::<u32>().ok().map(|number| sign * f64::from(number)),
        _ => None,
    }
}
