//! Ctrl-C.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::terminal::Terminal;

#[test]
fn an_interrupt_aborts_the_tree_and_says_what_was_aborted() {
    let terminal = Terminal::new();
    let args = ["run", "--verbose", "fanout.wasm", "hang_together", "--n", "3"];
    let mut child = terminal.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    // Once all three children are told to run, there is something to abort.
    let mut running = 0;
    while running < 3 {
        let mut line = String::new();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended by itself");
        running += usize::from(line.contains(" hang] attempt 1 started"));
    }
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let status = child.wait().unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(status.code(), Some(130), "{rest}");
    assert!(rest.contains("aborted"), "{rest}");
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(stdout, "");
}
