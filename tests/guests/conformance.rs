//! The conformance suite's tasks in Rust.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use flyte_guest::futures::future::{Either, select, try_join_all};
use flyte_guest::jiff::Timestamp;
use flyte_guest::{Bytes, ErrorKind, TaskError, context, record, task};

#[record]
enum Color {
    #[serde(rename = "red")]
    Red,
    #[serde(rename = "dark-red")]
    DarkRed,
}

#[record]
struct Point {
    x: f64,
    #[serde(default = "half")]
    y: f64,
    label: Option<String>,
}

fn half() -> f64 {
    0.5
}

#[record]
struct Numbers {
    whole: i64,
    real: f64,
}

#[record]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
}

#[record]
#[serde(untagged)]
enum WholeOrText {
    Whole(i64),
    Text(String),
}

macro_rules! echo {
    ($($name:ident($value:ident: $type:ty)),* $(,)?) => {
        $(
            #[task]
            fn $name($value: $type) -> $type {
                $value
            }
        )*
    };
}

echo! {
    echo_point(point: Point),
    echo_numbers(numbers: Numbers),
    echo_text(text: String),
    echo_bytes(bytes: Bytes),
    echo_list(items: Vec<i64>),
    echo_map(entries: BTreeMap<String, f64>),
    echo_pair(pair: (i64, String)),
    echo_optional(value: Option<i64>),
    echo_color(color: Color),
    echo_moment(moment: Timestamp),
    echo_shape(shape: Shape),
    echo_either(value: WholeOrText),
}

#[task]
fn nothing() {}

#[task]
fn nan() -> f64 {
    f64::NAN
}

#[task]
fn fail(message: String) -> Result<(), TaskError> {
    Err(TaskError::new(message))
}

#[task]
fn double(n: i64) -> i64 {
    2 * n
}

#[task]
async fn fan_out(n: i64) -> Result<i64, TaskError> {
    Ok(try_join_all((0..n).map(double::invoke)).await?.into_iter().sum())
}

#[task]
async fn map_out(n: i64) -> Result<i64, TaskError> {
    Ok(double::map(0..n).await?.into_iter().sum())
}

#[task]
async fn passes_on() -> Result<(), TaskError> {
    fail::invoke("no luck".to_owned()).await
}

#[task]
async fn catches() -> String {
    match fail::invoke("no luck".to_owned()).await {
        Err(error) if error.kind() == ErrorKind::Task => "task".to_owned(),
        _ => "nothing".to_owned(),
    }
}

#[task(retries = 3)]
fn flaky(until: u32) -> Result<u32, TaskError> {
    let attempt = context().attempt;
    if attempt < until { Err(TaskError::new(format!("attempt {attempt} is too early"))) } else { Ok(attempt) }
}

#[task(retries = 3)]
fn permanent() -> Result<u32, TaskError> {
    Err(TaskError::permanent(format!("attempt {} will not help", context().attempt)))
}

#[task]
fn waits() {
    std::thread::sleep(Duration::from_secs(3600));
}

#[task]
async fn waits_for_a_child() -> Result<(), TaskError> {
    waits::invoke().await
}

#[task]
#[expect(clippy::print_stdout, reason = "it is what it is for")]
fn prints(line: String) {
    println!("{line}");
}

#[task]
fn spin() {
    while black_box(true) {}
}

/// How many actions this instance has run.
static USES: AtomicI64 = AtomicI64::new(0);

#[task]
fn counts() -> i64 {
    USES.fetch_add(1, Relaxed) + 1
}

#[task(reusable(scope = "run"))]
fn counts_on() -> i64 {
    USES.fetch_add(1, Relaxed) + 1
}

#[task]
async fn counts_twice() -> Result<Vec<i64>, TaskError> {
    Ok(vec![
        counts::invoke().await?,
        counts::invoke().await?,
        counts_on::invoke().await?,
        counts_on::invoke().await?,
    ])
}

#[task]
async fn cancels() -> Result<i64, TaskError> {
    let mut cancelled = 0;
    for n in 0..3 {
        if let Either::Right((doubled, _dropped)) = select(pin!(waits::invoke()), pin!(double::invoke(n))).await {
            doubled?;
            cancelled += 1;
        }
    }
    Ok(cancelled)
}

#[task(cache(auto, ignored = ["note"], serialize, max_age = "1h"))]
fn kept(key: i64, note: String) -> String {
    format!("{key} {note}")
}

#[task(cache(version = "v1"))]
fn kept_by_version() {}

#[task]
fn hoards() -> i64 {
    let bytes = black_box(vec![1_u8; 512 << 20]);
    bytes.iter().map(|&byte| i64::from(byte)).sum()
}

#[task]
fn breaks() {
    panic!("no luck");
}

#[task(rights(env = "TOKEN"))]
fn reads_variable() -> String {
    std::env::var("TOKEN").unwrap_or_default()
}

flyte_guest::export!(
    environment = "conformance",
    tasks = [
        echo_point,
        echo_numbers,
        echo_text,
        echo_bytes,
        echo_list,
        echo_map,
        echo_pair,
        echo_optional,
        echo_color,
        echo_moment,
        nothing,
        nan,
        fail,
        double,
        fan_out,
        map_out,
        passes_on,
        catches,
        flaky,
        permanent,
        waits,
        waits_for_a_child,
        prints,
        spin,
        echo_shape,
        echo_either,
        counts,
        counts_on,
        counts_twice,
        cancels,
        kept,
        kept_by_version,
        hoards,
        breaks,
        reads_variable,
    ]
);
