//! How far a run has come, while it goes on: bars on a terminal, a line now and then elsewhere.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use flyte_host::report::{Detail, Group, Progress, in_a_row, span};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printer::Printer;

/// What is over sooner is not shown: it would only flicker.
const FIRST: Duration = Duration::from_millis(400);
/// How often bars are drawn.
const FRAME: Duration = Duration::from_millis(100);
/// How often a line is told where there is no terminal.
const LINE: Duration = Duration::from_secs(10);
/// How many groups are shown at once; the others are counted in one more line.
const MOST: usize = 12;

/// Shows a run's progress until it is dropped; then nothing of the bars remains.
#[derive(Debug)]
pub(crate) struct Live {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    /// Whether it is to be shown: not where nothing is told, or everything line by line.
    pub(crate) fn wanted(printer: Printer) -> bool {
        printer.detail() == Detail::Notable
    }

    /// Begins to show it.
    pub(crate) fn start(progress: Arc<Progress>, printer: Printer) -> Self {
        let nothing = Self { stop: None, thread: None };
        let (stop, stopped) = mpsc::channel();
        let show = move || match printer.draws() {
            true => draw(&progress, &stopped, printer),
            false => tell(&progress, &stopped, printer),
        };
        // Without one there is nothing to see, and nothing else is lost.
        let Ok(thread) = thread::Builder::new().name("progress".to_owned()).spawn(show) else { return nothing };
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether it goes on after so long.
fn goes_on(stopped: &mpsc::Receiver<()>, pause: Duration) -> bool {
    stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
}

fn tell(progress: &Progress, stopped: &mpsc::Receiver<()>, printer: Printer) {
    let start = Instant::now();
    while goes_on(stopped, LINE) {
        let groups = progress.groups();
        let lines: Vec<String> = groups.iter().filter(|group| group.depth > 0).map(of_group).collect();
        let Some(root) = groups.first() else { continue };
        let mut text = format!("{} runs for {}", in_a_row(&root.task), span(start.elapsed()));
        for line in lines.iter().take(MOST) {
            let _ = write!(text, "; {line}");
        }
        if let Some(more) = beyond(lines.len()) {
            let _ = write!(text, "; {more}");
        }
        printer.note(&text);
    }
}

/// `and 3 more groups`, of so many.
fn beyond(groups: usize) -> Option<String> {
    match groups.saturating_sub(MOST) {
        0 => None,
        1 => Some("and 1 more group".to_owned()),
        more => Some(format!("and {more} more groups")),
    }
}

/// `predict_one: 41200 of 100000, 2 failed, 64 running, 52000/s`.
fn of_group(group: &Group) -> String {
    format!("{}: {}", name(group), counts(group))
}

fn name(group: &Group) -> String {
    let label = group.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
    in_a_row(&format!("{}{label}", group.task)).into_owned()
}

fn counts(group: &Group) -> String {
    let Group { actions, ended, running, failed, aborted, reused, .. } = group;
    let mut text = format!("{ended} of {actions}");
    for (number, what) in [(failed, "failed"), (aborted, "aborted"), (reused, "reused"), (running, "running")] {
        if *number > 0 {
            let _ = write!(text, ", {number} {what}");
        }
    }
    if *ended > 0 && *actions > 1 {
        let _ = write!(text, ", {:.0}/s", group.rate());
    }
    text
}

fn draw(progress: &Progress, stopped: &mpsc::Receiver<()>, printer: Printer) {
    if !goes_on(stopped, FIRST) {
        return;
    }
    let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(20));
    let shown = printer.beside(&bars);
    let mut by_group = HashMap::new();
    let mut more = None;
    loop {
        let groups = progress.groups();
        for (at, group) in groups.iter().take(MOST).enumerate() {
            let bar = by_group.entry(at).or_insert_with(|| bars.add(bar_of(group, printer)));
            bar.set_length(group.actions);
            bar.set_position(group.ended);
            bar.set_message(counts(group));
            bar.tick();
        }
        if let Some(text) = beyond(groups.len()) {
            // Below all others, of which there will be no more.
            let bar = more.get_or_insert_with(|| bars.add(bar_in("  {wide_msg}")));
            bar.set_message(text);
            bar.tick();
        }
        if !goes_on(stopped, FRAME) {
            break;
        }
    }
    for bar in by_group.into_values().chain(more) {
        bar.finish_and_clear();
    }
    drop(shown);
}

fn bar_of(group: &Group, printer: Printer) -> ProgressBar {
    let (bar_style, spinner) = match printer.colors() {
        true => ("{bar:24.cyan/dim}", "{spinner:.cyan}"),
        false => ("{bar:24}", "{spinner}"),
    };
    let template = match group.depth {
        0 => format!("{spinner} {{prefix}} {{elapsed}}"),
        _ => format!("{{prefix}} {bar_style} {{wide_msg}}"),
    };
    bar_in(&template).with_prefix(format!("{}{}", "  ".repeat(group.depth), name(group)))
}

fn bar_in(template: &str) -> ProgressBar {
    let bar = ProgressBar::hidden();
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_are_not_shown_are_counted() {
        assert_eq!(beyond(MOST), None);
        assert_eq!(beyond(MOST + 1).unwrap(), "and 1 more group");
        assert_eq!(beyond(300).unwrap(), "and 288 more groups");
    }

    #[test]
    fn a_group_is_told_in_a_line() {
        let group = Group {
            depth: 1,
            task: "predict\u{1b}[2J_one".into(),
            label: Some("all".into()),
            actions: 100,
            running: 4,
            ended: 40,
            failed: 2,
            aborted: 0,
            reused: 3,
            since: Instant::now().checked_sub(Duration::from_secs(4)).unwrap(),
            until: None,
        };
        let line = of_group(&group);
        assert_eq!(line, "predict_one (all): 40 of 100, 2 failed, 3 reused, 4 running, 10/s");
    }
}
