//! Files: a guest reaches what its action has a right to, and what it was refused is known.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flyte_host::RunRequest;
use flyte_host::rights::{Grants, GuestPath};
use flyte_host::run::{Limits, RunEvent};
use flyte_host_artifacts::FILES;
use tempfile::TempDir;

use crate::support::host;

/// What came of each step, and what was denied.
#[derive(Debug)]
struct Told {
    steps: Vec<String>,
    denied: Vec<String>,
}

fn path(text: &str) -> GuestPath {
    GuestPath::parse(text).unwrap()
}

fn reading(dir: &Path) -> Grants {
    Grants::new().read(dir, path("/data"))
}

fn writing(dir: &Path) -> Grants {
    Grants::new().write(dir, path("/data"))
}

/// A directory that can be granted, with one beside it that is not: `granted` and `secret`.
fn tree() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    for dir in ["granted/in", "granted/out", "secret"] {
        std::fs::create_dir_all(tree.path().join(dir)).unwrap();
    }
    for (file, text) in [
        ("granted/a.txt", "alpha"),
        ("granted/in/b.txt", "beta"),
        ("granted/out/c.txt", "gamma"),
        ("secret/s.txt", "secret"),
    ] {
        std::fs::write(tree.path().join(file), text).unwrap();
    }
    tree
}

async fn run(task: &str, grants: Grants, steps: &[&[&str]]) -> Told {
    let denied = Arc::new(Mutex::new(Vec::new()));
    let sink = {
        let denied = Arc::clone(&denied);
        move |event: &RunEvent| {
            if let RunEvent::Denied { denial, .. } = event {
                denied.lock().unwrap().push(denial.to_string());
            }
        }
    };
    // Nothing here waits for anything; if it did, it should not wait forever.
    let limits = Limits { deadline: Some(Duration::from_secs(120)), ..Limits::default() };
    let request = RunRequest::new(task, serde_json::json!({ "steps": steps }).to_string())
        .grant(grants.open().unwrap())
        .limits(limits)
        .watch(Arc::new(sink));
    let outcome = host(FILES).await.start(request).outcome().await;
    let steps = serde_json::from_str(outcome.result.unwrap().as_str()).unwrap();
    let denied = denied.lock().unwrap().clone();
    assert_eq!(outcome.stats.denials, denied.len() as u64);
    Told { steps, denied }
}

const NOBODY: &str = "the task does not declare it, and it is not granted";
const REFUSED: &str = "PermissionDenied";

#[tokio::test(flavor = "multi_thread")]
async fn without_rights_every_way_to_a_file_is_denied_and_told() {
    let told = run(
        "nothing",
        Grants::new(),
        &[
            &["read", "/etc/passwd"],
            &["read", "etc/../../etc/shadow"],
            &["size", "/proc/self/environ"],
            &["size of link", "/proc/self/exe"],
            &["read link", "/proc/self/cwd"],
            &["list", "/etc"],
            &["list", "/"],
            &["hard link", "/etc/hosts", "/mine"],
            &["rename", "/etc/group", "/mine"],
            &["write", "/etc/motd", "hello"],
            &["make dir", "/srv/x"],
            &["remove", "/etc/fstab"],
            &["touch", "/etc/issue"],
            &["link", "/etc/passwd", "/link"],
        ],
    )
    .await;
    assert_eq!(told.steps, [REFUSED; 14]);
    let expected = [
        "read /etc/passwd",
        "read /etc/shadow",
        "read /proc/self/environ",
        "read /proc/self/exe",
        "read /proc/self/cwd",
        "read /etc",
        "read /",
        "write /etc/hosts",
        "write /etc/group",
        "write /etc/motd",
        "write /srv/x",
        "write /etc/fstab",
        "write /etc/issue",
        "write /link",
    ];
    assert_eq!(told.denied, expected.map(|capability| format!("{capability}: {NOBODY}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_for_reading_is_read_and_not_changed() {
    let tree = tree();
    let told = run(
        "reads",
        reading(&tree.path().join("granted")),
        &[
            &["read", "/data/a.txt"],
            &["read", "/data/in/b.txt"],
            &["list", "/data"],
            &["size", "/data/a.txt"],
            &["read", "/data/none.txt"],
            &["write", "/data/new.txt", "x"],
            &["append", "/data/a.txt", "x"],
            &["cut", "/data/a.txt"],
            &["remove", "/data/a.txt"],
            &["rename", "/data/a.txt", "/data/b.txt"],
            &["make dir", "/data/dir"],
            &["touch", "/data/a.txt"],
        ],
    )
    .await;
    assert_eq!(told.steps[..5], ["alpha", "beta", "a.txt in out", "5", "NotFound"]);
    assert_eq!(told.steps[5..], [REFUSED; 7]);
    let why = "the task does not declare it, and it is not granted";
    assert_eq!(
        told.denied,
        [
            format!("write /data/new.txt: {why}"),
            format!("write /data/a.txt: {why}"),
            format!("write /data/dir: {why}")
        ]
    );
    assert_eq!(std::fs::read_to_string(tree.path().join("granted/a.txt")).unwrap(), "alpha");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_for_writing_is_changed() {
    let tree = tree();
    let granted = tree.path().join("granted");
    let told = run(
        "writes",
        writing(&granted),
        &[
            &["write", "/data/new.txt", "new"],
            &["append", "/data/new.txt", "er"],
            &["read", "/data/new.txt"],
            &["rename", "/data/new.txt", "/data/in/moved.txt"],
            &["hard link", "/data/a.txt", "/data/again.txt"],
            &["link", "a.txt", "/data/link"],
            &["read", "/data/link"],
            &["touch", "/data/link"],
            &["make dir", "/data/dir"],
            &["remove dir", "/data/dir"],
            &["remove", "/data/a.txt"],
            &["list", "/data"],
        ],
    )
    .await;
    let done = "done";
    assert_eq!(
        told.steps,
        [done, done, "newer", done, done, done, "alpha", done, done, done, done, "again.txt in link out"]
    );
    assert_eq!(told.denied, [""; 0]);
    assert_eq!(std::fs::read_to_string(granted.join("in/moved.txt")).unwrap(), "newer");
}

#[tokio::test(flavor = "multi_thread")]
async fn declared_for_writing_and_granted_for_reading_is_reading() {
    let tree = tree();
    let steps: &[&[&str]] = &[&["read", "/data/a.txt"], &["write", "/data/a.txt", "x"]];
    let told = run("wants_all", reading(&tree.path().join("granted")), steps).await;
    assert_eq!(told.steps, ["alpha", REFUSED]);
    assert_eq!(told.denied, ["write /data/a.txt: it is not granted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_gets_the_part_it_declares() {
    let tree = tree();
    let told = run(
        "writes_in",
        writing(&tree.path().join("granted")),
        &[
            &["read", "/data/in/b.txt"],
            &["write", "/data/in/new.txt", "x"],
            &["read", "/data/a.txt"],
            &["read", "/data/in/../a.txt"],
            &["list", "/data"],
        ],
    )
    .await;
    assert_eq!(told.steps, ["beta", "done", REFUSED, REFUSED, REFUSED]);
    let why = "the task does not declare it";
    assert_eq!(told.denied, [format!("read /data/a.txt: {why}"), format!("read /data: {why}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_reaches_no_more_than_its_parent() {
    let tree = tree();
    let told = run(
        "asks_a_child",
        writing(&tree.path().join("granted")),
        &[
            &["read", "/data/in/b.txt"],
            &["write", "/data/in/b.txt", "x"],
            &["read", "/data/a.txt"],
            &["read", "/etc/passwd"],
        ],
    )
    .await;
    assert_eq!(told.steps, ["beta", REFUSED, REFUSED, REFUSED]);
    let parent = "its parent a0 does not have it";
    assert_eq!(
        told.denied,
        [
            format!("write /data/in/b.txt: {parent}"),
            format!("read /data/a.txt: {parent}"),
            "read /etc/passwd: it is not granted".to_owned()
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_cannot_have_a_child_follow_a_link_to_what_it_does_not_have() {
    let tree = tree();
    let steps: &[&[&str]] = &[&["read", "/data/in/link/c.txt"], &["list", "/data/in/link"]];
    let told = run("steals", writing(&tree.path().join("granted")), steps).await;
    assert!(tree.path().join("granted/in/link").is_symlink());
    assert_eq!(told.steps, [REFUSED, REFUSED]);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn links_that_lead_out_lead_nowhere() {
        let tree = tree();
        let granted = tree.path().join("granted");
        symlink("../secret/s.txt", granted.join("up")).unwrap();
        symlink(tree.path().join("secret/s.txt"), granted.join("absolute")).unwrap();
        symlink("../secret", granted.join("dir")).unwrap();
        symlink("in/b.txt", granted.join("inside")).unwrap();
        let told = run(
            "writes",
            writing(&granted),
            &[
                &["read", "/data/inside"],
                &["read", "/data/up"],
                &["read", "/data/absolute"],
                &["read", "/data/dir/s.txt"],
                &["list", "/data/dir"],
                &["size", "/data/up"],
                &["write", "/data/up", "x"],
                &["touch", "/data/up"],
                &["rename", "/data/dir/s.txt", "/data/mine.txt"],
                &["hard link", "/data/dir/s.txt", "/data/mine.txt"],
                &["remove", "/data/dir/s.txt"],
                &["read", "/data/../secret/s.txt"],
                &["read", "/data/in/../../secret/s.txt"],
                &["link", "/etc/passwd", "/data/link"],
            ],
        )
        .await;
        assert_eq!(told.steps[0], "beta");
        assert_eq!(told.steps[1..], [REFUSED; 13]);
        let denied = |capability: &str| told.denied.iter().any(|denial| denial.starts_with(capability));
        assert!(told.denied.contains(&"read /data/up: no guest may do that".to_owned()), "{told:?}");
        for capability in
            ["read /data/absolute:", "read /data/dir/s.txt:", "write /data/up:", "write /data/dir/s.txt:"]
        {
            assert!(denied(capability), "{capability} {told:?}");
        }
        assert!(denied("read /secret/s.txt: ") && denied("read /etc/passwd: "), "{told:?}");
        assert_eq!(std::fs::read_to_string(tree.path().join("secret/s.txt")).unwrap(), "secret");
    }

    /// Replaces a file, and a directory, by links to the outside and back, as fast as it can.
    fn swap(granted: &Path, secret: &Path, stop: &AtomicBool) {
        let mut out = false;
        while !stop.load(Ordering::Relaxed) {
            out = !out;
            let (file, dir) = (granted.join("file.next"), granted.join("dir.next"));
            if out {
                symlink(secret.join("s.txt"), &file).unwrap();
                symlink("../secret", &dir).unwrap();
            } else {
                std::fs::write(&file, "inside").unwrap();
                symlink("in", &dir).unwrap();
            }
            std::fs::rename(file, granted.join("file")).unwrap();
            std::fs::rename(dir, granted.join("dir")).unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_link_swapped_in_while_a_file_is_opened_never_leads_out() {
        let tree = tree();
        let (granted, secret) = (tree.path().join("granted"), tree.path().join("secret"));
        std::fs::write(granted.join("file"), "inside").unwrap();
        std::fs::write(granted.join("in/s.txt"), "inside").unwrap();
        symlink("in", granted.join("dir")).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let swapping = {
            let (granted, stop) = (granted.clone(), Arc::clone(&stop));
            std::thread::spawn(move || swap(&granted, &secret, &stop))
        };
        let steps: &[&[&str]] =
            &[&["read often", "/data/file", "2000"], &["read often", "/data/dir/s.txt", "2000"]];
        let told = run("reads", reading(&granted), steps).await;
        stop.store(true, Ordering::Relaxed);
        swapping.join().unwrap();
        for seen in &told.steps {
            assert!(!seen.contains("secret"), "{seen}");
            assert!(seen.contains("inside") || seen.contains(REFUSED), "{seen}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_file_is_not_opened_and_nobody_waits_for_it() {
        let tree = tree();
        let granted = tree.path().join("granted");
        let made = std::process::Command::new("mkfifo").arg(granted.join("pipe")).status().unwrap();
        assert!(made.success());
        let _listener = std::os::unix::net::UnixListener::bind(granted.join("socket")).unwrap();
        let steps: &[&[&str]] = &[
            &["read", "/data/pipe"],
            &["touch", "/data/pipe"],
            &["size", "/data/pipe"],
            &["list", "/data"],
            &["remove", "/data/pipe"],
        ];
        let told = run("writes", writing(&granted), steps).await;
        assert_eq!(told.steps, [REFUSED, REFUSED, "0", "a.txt in out pipe socket", "done"]);
        assert_eq!(told.denied[0], "read /data/pipe: no guest may do that");
        // Opening these to write fails by itself; how is the system's business.
        let steps: &[&[&str]] = &[&["read", "/data/socket"], &["append", "/data/socket", "x"]];
        let told = run("writes", writing(&granted), steps).await;
        assert!(told.steps.iter().all(|step| step != "done" && !step.is_empty()), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_moved_away_while_open_is_a_way_to_nothing_else() {
    let tree = tree();
    let (granted, secret) = (tree.path().join("granted"), tree.path().join("secret"));
    let moving = {
        let (granted, secret) = (granted.clone(), secret.clone());
        std::thread::spawn(move || {
            while !granted.join("held").exists() {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::fs::rename(granted.join("in"), secret.join("in")).unwrap();
            std::fs::write(granted.join("moved"), "").unwrap();
        })
    };
    let told = run(
        "writes",
        writing(&granted),
        &[
            &["hold", "/data/in/b.txt"],
            &["write", "/data/held", ""],
            &["await", "/data/moved"],
            &["read held"],
            &["read", "/data/in/b.txt"],
            &["read", "/data/in/../../secret/s.txt"],
        ],
    )
    .await;
    moving.join().unwrap();
    assert_eq!(told.steps[3..5], ["beta", "NotFound"]);
    assert_ne!(told.steps[5], "secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_the_directory_it_was_whatever_becomes_of_its_name() {
    let tree = tree();
    let granted = tree.path().join("granted");
    let grants = reading(&granted).open().unwrap();
    std::fs::rename(&granted, tree.path().join("elsewhere")).unwrap();
    std::fs::rename(tree.path().join("secret"), &granted).unwrap();
    let inputs = serde_json::json!({ "steps": [["read", "/data/a.txt"], ["read", "/data/s.txt"]] });
    let request = RunRequest::new("reads", inputs.to_string()).grant(grants);
    let outcome = host(FILES).await.start(request).outcome().await;
    assert_eq!(outcome.result.unwrap().as_str(), r#"["alpha","NotFound"]"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_has_so_many_files_open_and_no_more() {
    let tree = tree();
    let steps: &[&[&str]] = &[&["open many", "/data/a.txt", "400"], &["open many", "/data/a.txt", "100"]];
    let told = run("reads", reading(&tree.path().join("granted")), steps).await;
    assert_eq!(told.steps, ["128, and again", "100, and again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_directory_that_does_not_exist_is_told_as_such() {
    let tree = tree();
    let granted = tree.path().join("granted");
    std::fs::remove_dir_all(granted.join("in")).unwrap();
    let told = run("writes_in", writing(&granted), &[&["read", "/data/in/b.txt"], &["read", "/data"]]).await;
    assert_eq!(told.steps, [REFUSED; 2]);
    let absent = "it is granted, but there is no such directory on the host";
    let expected =
        [format!("read /data/in/b.txt: {absent}"), "read /data: the task does not declare it".to_owned()];
    assert_eq!(told.denied, expected);
}
