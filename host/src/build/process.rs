//! Runs a process and all that it starts, until they end, are stopped, or take too long.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::build::Stop;

/// How often one looks whether the process has ended, or is to be.
const LOOK: Duration = Duration::from_millis(10);
/// How long processes have to end by themselves.
const GRACE: Duration = Duration::from_secs(1);
/// A line that is longer is taken for several.
const LONGEST_LINE: u64 = 1 << 20;

/// Where a line was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Out,
    Err,
}

/// Why a process did not end by itself.
#[derive(Debug)]
pub(super) enum Unfinished {
    /// It could not be started, or watched.
    System(io::Error),
    /// It was stopped from outside.
    Stopped,
    /// It took longer than it may.
    TooLong,
}

/// Runs a command, and has `heard` each line that it prints. When it has ended, so has all that it started.
pub(super) fn follow(
    mut command: Command,
    longest: Option<Duration>,
    stop: &Stop,
    heard: &mut dyn FnMut(Stream, String),
) -> Result<ExitStatus, Unfinished> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own: what it started is ended with it, and a terminal's Ctrl-C reaches it by us only.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut group = Group { leader: command.spawn().map_err(Unfinished::System)?, is_reaped: false };
    let (said, lines) = sync_channel(64);
    let (out, err) = (group.leader.stdout.take(), group.leader.stderr.take());
    if let Some(out) = out {
        listen(Stream::Out, out, said.clone());
    }
    if let Some(err) = err {
        listen(Stream::Err, err, said);
    }
    let since = Instant::now();
    let status = loop {
        match lines.recv_timeout(LOOK) {
            Ok((stream, line)) => heard(stream, line),
            // It has closed its streams, and may go on.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(LOOK),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if stop.is_stopped() {
            return Err(Unfinished::Stopped);
        }
        if longest.is_some_and(|longest| since.elapsed() > longest) {
            return Err(Unfinished::TooLong);
        }
        if let Some(status) = group.ended().map_err(Unfinished::System)? {
            break status;
        }
    };
    // Nobody holds the other end of the pipes any more.
    while let Ok((stream, line)) = lines.recv_timeout(GRACE) {
        heard(stream, line);
    }
    Ok(status)
}

fn listen(stream: Stream, from: impl Read + Send + 'static, said: SyncSender<(Stream, String)>) {
    let mut from = BufReader::new(from);
    thread::spawn(move || {
        loop {
            let mut line = Vec::new();
            match from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            if said.send((stream, text)).is_err() {
                return;
            }
        }
    });
}

/// A process that leads a group. None of the group outlives it.
struct Group {
    leader: Child,
    is_reaped: bool,
}

impl Group {
    /// How the leader ended, if it has.
    fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        if !self.has_ended()? {
            return Ok(None);
        }
        // Before the leader is reaped: until then nobody else can get the group's number.
        self.kill();
        self.is_reaped = true;
        self.leader.wait().map(Some)
    }

    #[cfg(unix)]
    fn has_ended(&self) -> io::Result<bool> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        Ok(waitid(WaitId::Pid(rustix::process::Pid::from_child(&self.leader)), options)?.is_some())
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> io::Result<bool> {
        self.leader.try_wait().map(|status| status.is_some())
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        // Where nobody is left to get it, all is well.
        let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(&self.leader), signal);
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    #[cfg(unix)]
    fn kill(&mut self) {
        self.signal(rustix::process::Signal::KILL);
    }

    #[cfg(not(unix))]
    fn ask_to_end(&self) {}

    #[cfg(not(unix))]
    fn kill(&mut self) {
        let _ = self.leader.kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.is_reaped {
            return;
        }
        self.ask_to_end();
        let since = Instant::now();
        while since.elapsed() < GRACE && matches!(self.has_ended(), Ok(false)) {
            thread::sleep(LOOK);
        }
        self.kill();
        let _ = self.leader.wait();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn heard(script: &str, longest: Duration) -> (Result<ExitStatus, Unfinished>, Vec<(Stream, String)>) {
        let mut lines = Vec::new();
        let ended =
            follow(sh(script), Some(longest), &Stop::default(), &mut |stream, line| lines.push((stream, line)));
        (ended, lines)
    }

    #[test]
    fn all_that_is_printed_is_heard() {
        let (ended, lines) = heard("echo a; echo b >&2; printf c; exit 3", Duration::from_secs(20));
        assert_eq!(ended.unwrap().code(), Some(3));
        let of =
            |which| lines.iter().filter(|(stream, _)| *stream == which).map(|(_, line)| line.as_str()).collect();
        let (out, err): (Vec<&str>, Vec<&str>) = (of(Stream::Out), of(Stream::Err));
        assert_eq!((out, err), (vec!["a", "c"], vec!["b"]));
    }

    #[test]
    fn what_it_leaves_behind_ends_with_it() {
        let since = Instant::now();
        let (ended, _) = heard("sleep 60 & exit 0", Duration::from_secs(20));
        assert!(ended.unwrap().success());
        assert!(since.elapsed() < Duration::from_secs(10), "the pipe was held open");
    }

    #[test]
    fn one_that_never_ends_is_ended_also_against_its_will() {
        let since = Instant::now();
        let (ended, _) = heard("trap '' TERM; while :; do sleep 1; done", Duration::from_millis(200));
        assert!(matches!(ended, Err(Unfinished::TooLong)));
        assert!(since.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn it_is_stopped_from_outside() {
        let stop = Stop::default();
        stop.stop();
        let ended = follow(sh("sleep 60"), None, &stop, &mut |_, _| {});
        assert!(matches!(ended, Err(Unfinished::Stopped)));
    }
}
