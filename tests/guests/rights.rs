//! Tasks that declare rights, and look at what they get.

use std::collections::BTreeMap;

use flyte_guest::{ErrorKind, TaskError, context, invoke_named, progress, record, task};

/// All environment variables that this sandbox has.
fn environment() -> BTreeMap<String, String> {
    std::env::vars().collect()
}

/// Declares two variables beside that of the component, and copes without them.
#[task(rights(optional(env = ["TOKEN", "REGION"])))]
fn variables() -> BTreeMap<String, String> {
    environment()
}

/// Declares nothing of its own.
#[task]
fn undeclared_variables() -> BTreeMap<String, String> {
    environment()
}

/// Cannot do without a variable.
#[task(rights(env = "TOKEN"))]
fn needs_token() -> String {
    std::env::var("TOKEN").unwrap_or_default()
}

/// Cannot do without anything.
#[task(rights(
    read = "/data",
    write = "/out",
    env = "TOKEN",
    net = ["api.example.com:443", "*:8443"],
    optional(env = "REGION", read = "/models"),
))]
fn needs_all(name: String) -> String {
    name
}

/// Has the right that its child wants.
#[task(rights(optional(env = "TOKEN")))]
async fn passes_on() -> Result<BTreeMap<String, String>, TaskError> {
    variables::invoke().await
}

/// Has no right that its child wants.
#[task]
async fn keeps_nothing() -> Result<BTreeMap<String, String>, TaskError> {
    variables::invoke().await
}

/// Has the right that its grandchild wants, with a child between them that has not.
#[task(rights(optional(env = "TOKEN")))]
async fn through_one_without() -> Result<BTreeMap<String, String>, TaskError> {
    keeps_nothing::invoke().await
}

/// What becomes of a child that cannot do without what this task has not.
#[task]
async fn asks_too_much() -> Result<String, TaskError> {
    match needs_token::invoke().await {
        Err(error) if error.kind() == ErrorKind::Denied => Ok(error.message().to_owned()),
        other => other,
    }
}

/// Has the token, and has a grandchild ask for it through a child that has not.
#[task(rights(env = "TOKEN"))]
async fn asks_too_much_below() -> Result<String, TaskError> {
    asks_too_much::invoke().await
}

/// Answers from the cache, where that may be.
#[task(cache = "auto", rights(optional(env = "TOKEN")))]
fn cached() -> String {
    format!("{}: {}", std::env::var("TOKEN").is_ok(), context().run)
}

#[record]
struct Detail {
    token: String,
}

/// Tells a secret in one of many ways.
#[task(rights(env = "TOKEN"))]
async fn tells(way: String) -> Result<u64, TaskError> {
    let token = std::env::var("TOKEN").unwrap_or_default();
    let half = token.len() / 2;
    match way.as_str() {
        "stdout" => print(&format!("the token is {token}.")),
        // A line is told in pieces of 64 KiB.
        "a long line" => print(&format!("{}{token}", "x".repeat((64 << 10) - half))),
        "stdout in parts" => {
            write(&token[..half]);
            write(&token[half..]);
            write("\n");
        }
        "stderr" => std::io::Write::write_all(&mut std::io::stderr(), format!("{token}\n").as_bytes())
            .map_err(|error| error.to_string())?,
        "progress" => progress(&format!("with {token}"), None),
        "error" => return Err(TaskError::permanent(format!("{token} was refused"))),
        "cause" => return Err(TaskError::permanent("refused").with_cause(format!("with {token}"))),
        "details" => return Err(TaskError::permanent("refused").with_details(&Detail { token })),
        "panic" => panic!("no luck with {token}"),
        "task" => return invoke_named(&token, &BTreeMap::<String, u64>::new()).await,
        "group" => return takes::invoke(1).group(token).await,
        "input" => return invoke_named("takes", &BTreeMap::from([("number", token)])).await,
        "field" => return invoke_named("takes", &BTreeMap::from([(token, 1)])).await,
        "child" => return returns_an_error::invoke(token).await,
        _ => return Err(TaskError::permanent("no such way")),
    }
    Ok(1)
}

fn print(line: &str) {
    #[expect(clippy::print_stdout, reason = "what a guest prints becomes an event")]
    {
        println!("{line}");
    }
}

/// A part of a line, sent at once.
fn write(part: &str) {
    use std::io::Write as _;
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(part.as_bytes()).and_then(|()| stdout.flush());
}

#[task]
fn takes(number: u64) -> u64 {
    number
}

#[task]
fn returns_an_error(text: String) -> Result<u64, TaskError> {
    Err(TaskError::new(format!("got {text}")))
}

flyte_guest::export!(
    rights(optional(env = "LEVEL")),
    tasks = [
        variables,
        undeclared_variables,
        needs_token,
        needs_all,
        passes_on,
        keeps_nothing,
        through_one_without,
        asks_too_much,
        asks_too_much_below,
        cached,
        tells,
        takes,
        returns_an_error,
    ]
);
