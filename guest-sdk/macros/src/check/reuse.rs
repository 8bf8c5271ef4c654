//! Whether an instance is used again: `reusable(max_uses = 100, idle_ttl = "30s", concurrency = 4, scope = "global")`.

use super::is_duplicate;
use super::policy::duration;
use crate::errors::{self, Errors, Problem};
use crate::parse::{Argument, ArgumentValue, Arguments, literal};
use syn::{Expr, Lit, LitBool, UnOp};

/// What a task says of it.
#[derive(Clone, Copy, Default)]
pub(crate) enum Reuse {
    /// Nothing: what `export!` says holds.
    #[default]
    Inherited,
    /// `reusable = false`
    Never,
    Policy(ReusePolicy),
}

#[derive(Clone, Copy)]
pub(crate) struct ReusePolicy {
    pub(crate) max_uses: u32,
    /// In nanoseconds.
    pub(crate) idle_ttl: u64,
    pub(crate) concurrency: u32,
    pub(crate) scope: Scope,
}

#[derive(Clone, Copy)]
pub(crate) enum Scope {
    Run,
    Global,
}

const KEYS: [&str; 4] = ["max_uses", "idle_ttl", "concurrency", "scope"];
const LIST: &str = r#"reusable(max_uses = 1000, idle_ttl = "60s", concurrency = 1, scope = "run")"#;

impl Default for ReusePolicy {
    /// One action at a time, and nothing crosses from run to run: what surprises least.
    fn default() -> Self {
        Self { max_uses: 1000, idle_ttl: 60_000_000_000, concurrency: 1, scope: Scope::Run }
    }
}

/// What `argument` of a task says, whose key is `reusable`.
pub(super) fn of_task(argument: &Argument, errors: &mut Errors) -> Reuse {
    match &argument.value {
        ArgumentValue::None => Reuse::Policy(ReusePolicy::default()),
        ArgumentValue::List(Arguments(keys)) => Reuse::Policy(policy(keys, errors)),
        ArgumentValue::Expr(_) => {
            match argument.literal() {
                Some(Lit::Bool(LitBool { value: false, .. })) => {}
                _ => {
                    errors.push(argument, errors::wrong_form("reusable", &format!("{LIST}` or `reusable = false")))
                }
            }
            Reuse::Never
        }
    }
}

/// What `argument` of `export!` says, whose key is `reusable`.
pub(super) fn of_component(argument: &Argument, errors: &mut Errors) -> Option<ReusePolicy> {
    match &argument.value {
        ArgumentValue::List(Arguments(keys)) => Some(policy(keys, errors)),
        _ => {
            errors.push(argument, errors::wrong_form("reusable", LIST));
            None
        }
    }
}

fn policy(keys: &[Argument], errors: &mut Errors) -> ReusePolicy {
    let mut policy = ReusePolicy::default();
    for (index, key) in keys.iter().enumerate() {
        match key.name().as_str() {
            _ if is_duplicate(keys, index, errors) => {}
            "max_uses" => policy.max_uses = count(key, 1000, errors).unwrap_or(policy.max_uses),
            "concurrency" => policy.concurrency = count(key, 4, errors).unwrap_or(policy.concurrency),
            "idle_ttl" => match duration(key, "60s", errors) {
                Some(0) => errors.push(key.value_tokens(), errors::IDLE_TTL_ZERO),
                Some(length) => policy.idle_ttl = length,
                None => {}
            },
            "scope" => match key.string().map(|scope| (scope, scope.value())) {
                Some((_, scope)) if scope == "run" => policy.scope = Scope::Run,
                Some((_, scope)) if scope == "global" => policy.scope = Scope::Global,
                Some((text, scope)) => errors.push(text, errors::unknown_scope(&scope)),
                None => errors.push(key, errors::wrong_form("scope", r#"scope = "run"` or `scope = "global""#)),
            },
            name => errors.push(&key.key, errors::unknown_key(name, &KEYS)),
        }
    }
    policy
}

/// The number of `key = number`, at least 1.
fn count(key: &Argument, example: u32, errors: &mut Errors) -> Option<u32> {
    let name = key.name();
    let Some(number) = integer(key) else {
        errors.push(key, errors::wrong_form(&name, &format!("{name} = {example}")));
        return None;
    };
    let number = number.filter(|number| *number > 0);
    if number.is_none() {
        errors.push(key.value_tokens(), Problem::new(format!("`{name}` is a number from 1 to 4294967295")));
    }
    number
}

/// The integer of `key = integer`, or `None` within where it is no `u32`; `None` where it is no integer at all.
fn integer(key: &Argument) -> Option<Option<u32>> {
    let ArgumentValue::Expr(expr) = &key.value else { return None };
    match &**expr {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            matches!(literal(&unary.expr), Some(Lit::Int(_))).then_some(None)
        }
        expr => match literal(expr)? {
            Lit::Int(number) => Some(number.base10_parse().ok()),
            _ => None,
        },
    }
}
