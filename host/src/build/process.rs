//! Runs a process and all that it starts, until they end, are stopped, or take too long.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::build::Stop;
use crate::build::group::Group;

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
    /// It wants to use the terminal, which is not its own, and would wait forever.
    NeedsTerminal,
}

/// Runs a command, and has `heard` each line that it prints. When it has ended, so has all that it started.
pub(super) fn follow(
    mut command: Command,
    longest: Option<Duration>,
    stop: &Stop,
    heard: &mut dyn FnMut(Stream, String),
) -> Result<ExitStatus, Unfinished> {
    command.stderr(Stdio::piped());
    follow_output(command, longest, stop, heard)
}

/// The same for its standard output only; its standard error is what it is set to, or that of this program.
pub(super) fn follow_output(
    mut command: Command,
    longest: Option<Duration>,
    stop: &Stop,
    heard: &mut dyn FnMut(Stream, String),
) -> Result<ExitStatus, Unfinished> {
    if stop.is_stopped() {
        return Err(Unfinished::Stopped);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut process = Process::start(&mut command).map_err(Unfinished::System)?;
    let (said, lines) = sync_channel(64);
    let (out, err) = (process.child.stdout.take(), process.child.stderr.take());
    if let Some(out) = out {
        listen(Stream::Out, out, said.clone());
    }
    if let Some(err) = err {
        listen(Stream::Err, err, said.clone());
    }
    drop(said);
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
        if let Some(status) = process.ended()? {
            break status;
        }
    };
    // Nobody holds the other end of the pipes any more.
    while let Ok((stream, line)) = lines.recv_timeout(GRACE) {
        heard(stream, line);
    }
    Ok(status)
}

/// What a process that was asked something printed.
pub(super) struct Answer {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<String>,
    pub(super) err: Vec<String>,
}

/// Runs a command for what it prints.
pub(super) fn ask(command: Command, longest: Option<Duration>, stop: &Stop) -> Result<Answer, Unfinished> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = follow(command, longest, stop, &mut |stream, line| match stream {
        Stream::Out => out.push(line),
        Stream::Err => err.push(line),
    })?;
    Ok(Answer { status, out, err })
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

/// A process with all that it started.
struct Process {
    child: Child,
    group: Group,
    is_reaped: bool,
}

impl Process {
    fn start(command: &mut Command) -> io::Result<Self> {
        let group = Group::new()?;
        Ok(Self { child: group.spawn(command)?, group, is_reaped: false })
    }

    /// How it ended, if it has.
    fn ended(&mut self) -> Result<Option<ExitStatus>, Unfinished> {
        match self.state().map_err(Unfinished::System)? {
            State::Runs => return Ok(None),
            State::NeedsTerminal => return Err(Unfinished::NeedsTerminal),
            State::Ended => {}
        }
        self.group.kill();
        self.is_reaped = true;
        self.child.wait().map(Some).map_err(Unfinished::System)
    }

    /// Leaves it to be reaped.
    #[cfg(unix)]
    fn state(&mut self) -> io::Result<State> {
        use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
        let options =
            WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let Some(status) = waitid(WaitId::Pid(Pid::from_child(&self.child)), options)? else {
            return Ok(State::Runs);
        };
        Ok(match status.stopping_signal() {
            None => State::Ended,
            // A terminal stops the whole group, whoever in it asks or sets something.
            Some(signal) if [Signal::TTIN, Signal::TTOU].map(Signal::as_raw).contains(&signal) => {
                State::NeedsTerminal
            }
            // Somebody else's doing, who may let it go on.
            Some(_) => State::Runs,
        })
    }

    #[cfg(not(unix))]
    fn state(&mut self) -> io::Result<State> {
        Ok(self.child.try_wait()?.map_or(State::Runs, |_| State::Ended))
    }
}

enum State {
    Runs,
    NeedsTerminal,
    Ended,
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_reaped {
            return;
        }
        self.group.ask_to_end();
        let since = Instant::now();
        while since.elapsed() < GRACE && !matches!(self.state(), Ok(State::Ended) | Err(_)) {
            thread::sleep(LOOK);
        }
        self.group.kill();
        let _ = self.child.kill();
        let _ = self.child.wait();
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
    fn one_that_needs_the_terminal_is_ended_and_others_that_pause_are_not() {
        for signal in ["TTIN", "TTOU"] {
            // As a terminal does it: to all of the group.
            let (ended, _) = heard(&format!("kill -{signal} 0; sleep 60"), Duration::from_secs(20));
            assert!(matches!(ended, Err(Unfinished::NeedsTerminal)), "{signal}: {ended:?}");
        }
        let (ended, _) =
            heard("(while sleep 0.1; do kill -CONT $$; done) & kill -STOP $$", Duration::from_secs(20));
        assert!(ended.unwrap().success());
    }

    #[test]
    fn it_is_stopped_from_outside() {
        let stop = Stop::default();
        stop.stop();
        let ended = follow(sh("sleep 60"), None, &stop, &mut |_, _| {});
        assert!(matches!(ended, Err(Unfinished::Stopped)));
    }
}
