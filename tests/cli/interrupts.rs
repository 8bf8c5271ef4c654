//! Ctrl-C.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::terminal::Terminal;

#[test]
fn an_interrupt_aborts_the_tree_and_says_what_was_aborted() {
    // As soon as anything runs, and once all three children do.
    for (line, times) in [(" hang_together] attempt 1 started", 1), (" hang] attempt 1 started", 3)] {
        let terminal = Terminal::new();
        let args = ["run", "--verbose", "fanout.wasm", "hang_together", "--n", "3"];
        let mut child = terminal.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut seen = 0;
        while seen < times {
            let mut next = String::new();
            assert_ne!(stderr.read_line(&mut next).unwrap(), 0, "it ended by itself");
            seen += usize::from(next.contains(line));
        }
        let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(interrupted.success());
        let status = child.wait().unwrap();
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        assert_eq!(status.code(), Some(130), "{rest}");
        assert!(rest.contains("error: interrupted: aborted"), "{rest}");
        let mut stdout = String::new();
        child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        assert_eq!(stdout, "");
    }
}
