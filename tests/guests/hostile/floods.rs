//! Attacks with more than anybody wants to hear.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is what the guests are for")]

use std::io::Write;

use flyte_guest::{TaskError, progress, task};

#[task]
fn returns_too_much() -> String {
    "a".repeat(3 << 20)
}

#[task]
fn fails_with_too_many_words() -> Result<(), TaskError> {
    Err(TaskError::permanent("no ".repeat(1 << 20)))
}

#[task]
fn prints_lines_forever() {
    loop {
        println!("all work and no play makes Jack a dull boy");
        eprintln!("all work and no play makes Jack a dull boy");
    }
}

#[task]
fn prints_a_line_without_an_end() {
    let piece = [b'a'; 64 << 10];
    while std::io::stdout().write_all(&piece).and_then(|()| std::io::stdout().flush()).is_ok() {}
}

#[task]
fn prints_empty_lines() {
    let piece = [b'\n'; 4 << 10];
    while std::io::stdout().write_all(&piece).is_ok() {}
}

/// Each of these bytes becomes three when it is replaced.
#[task]
fn prints_what_is_no_text() {
    let piece = [0xff; 4 << 10];
    while std::io::stderr().write_all(&piece).is_ok() {}
}

#[task]
fn tells_progress_forever() {
    loop {
        progress("still at it", Some(f64::NAN));
    }
}

#[task]
fn tells_progress_at_length() {
    let message = "a".repeat(1 << 20);
    loop {
        progress(&message, Some(f64::INFINITY));
    }
}

/// Clears the screen, sets the title, and asks the terminal to answer.
#[task]
fn writes_to_the_terminal() -> String {
    let text = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[6n\u{9b}31m\u{202e}";
    println!("{text}");
    eprintln!("{text}");
    progress(text, None);
    text.to_owned()
}

flyte_guest::export!(
    environment = "floods",
    tasks = [
        returns_too_much,
        fails_with_too_many_words,
        prints_lines_forever,
        prints_a_line_without_an_end,
        prints_empty_lines,
        prints_what_is_no_text,
        tells_progress_forever,
        tells_progress_at_length,
        writes_to_the_terminal,
    ]
);
