//! Processes that end together, and with this program, however it ends.

use std::io;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

/// The group's first process waits for the end of a pipe that this program holds, and kills all then: also what this
/// program has no time to end, as it was killed. Signals that are meant for the others leave it alone.
const WATCHER: &str = "trap '' HUP INT TERM TTIN TTOU; read -r _; kill -KILL 0";

/// Processes that are killed when this is dropped, or when this program is gone.
pub(super) struct Group {
    /// It leads the group, so nobody else gets the group's number before it is reaped.
    watcher: Child,
}

impl Group {
    /// A group without other processes.
    pub(super) fn new() -> io::Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let mut watcher = Command::new("/bin/sh");
        watcher.args(["-c", WATCHER]).process_group(0);
        let watcher = watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let watcher =
            watcher.map_err(|error| io::Error::other(format!("it needs `/bin/sh` beside it: {error}")))?;
        Ok(Self { watcher })
    }

    /// Starts a process in it. So what that starts is ended with it, and a terminal's Ctrl-C reaches it by us only.
    pub(super) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        use std::os::unix::process::CommandExt as _;
        // Where git can't ask, it says what it wanted to know.
        if std::env::var_os("GIT_TERMINAL_PROMPT").is_none() {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        command.process_group(Pid::from_child(&self.watcher).as_raw_nonzero().get()).spawn()
    }

    pub(super) fn ask_to_end(&self) {
        self.signal(Signal::TERM);
    }

    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        // Where nobody is left to get it, all is well.
        let _ = kill_process_group(Pid::from_child(&self.watcher), signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        let _ = self.watcher.wait();
    }
}
