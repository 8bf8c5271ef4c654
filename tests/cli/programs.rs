//! Python and JavaScript files in the place of components, with tools that are fakes.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::assert_transcripts;
use crate::fakes::{BUILDS, Fakes};
use crate::terminal::{Transcript, assert_refused};

const PREDICT: [&str; 5] = ["run", "tasks.py", "predict_one", "--request", r#"{"feature_a":1,"feature_b":2}"#];

fn start(fakes: &Fakes) -> Child {
    let mut command = fakes.command(&PREDICT);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What is kept of builds, without what tells for each file what it depends on.
fn built(fakes: &Fakes) -> Vec<PathBuf> {
    let files = fs::read_dir(fakes.terminal.path().join("kept/built")).into_iter().flatten();
    files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_none_or(|it| it != "inputs")).collect()
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what} does not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(name: &str, process: u32) -> bool {
    Command::new("kill").args([name, &process.to_string()]).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn a_program_is_built_once_and_again_when_what_it_depends_on_changes() {
    let drive =
        format!("echo \"{{\\\"type\\\":\\\"input\\\",\\\"path\\\":\\\"${{1%/*}}/module.py\\\"}}\"\n{BUILDS}");
    let fakes = Fakes::new(&drive);
    fakes.file("tasks.py", "one");
    fakes.file("module.py", "one");
    let run = |started: &[usize; 3]| {
        let transcript = fakes.run(&PREDICT);
        assert_eq!(transcript.value(), "9.0");
        let counted = ["venv", "pip install", "flyte_build"].map(|with| fakes.started(with));
        assert_eq!(&counted, started, "{transcript}");
        transcript
    };
    let first = run(&[1, 1, 1]);
    assert!(first.stderr.starts_with("setting up the Python tools (componentize-py "), "{first}");
    assert!(first.stderr.contains("\nbuilding tasks.py …\nlooking\n"), "{first}");
    let all = fakes.started("");
    assert_eq!(run(&[1, 1, 1]).stderr, "");
    assert_eq!(fakes.started(""), all, "something was started");
    fakes.file("module.py", "two");
    run(&[1, 1, 2]);
    fakes.file("requirements.txt", "");
    run(&[1, 1, 3]);
    fakes.file("tasks.py", "two");
    run(&[1, 1, 4]);
    fakes.file("tasks.py", "one");
    run(&[1, 1, 4]);
}

#[test]
fn scripts_are_built_too_and_the_commands_beside_run_take_them() {
    let fakes = Fakes::new(BUILDS);
    for name in ["tasks.js", "tasks.mjs", "tasks.ts", "tasks.py"] {
        fakes.file(name, "");
        let transcript = fakes.run(&["get", "task", name, "predict_one"]);
        assert_eq!(transcript.code, Some(0), "{transcript}");
        assert_eq!(fakes.run(&["--quiet", "get", "task", name, "predict_one"]).stderr, "");
    }
    assert_eq!((fakes.started("npm install"), fakes.started("main.js")), (1, 3));
    let contents = fakes.run(&["cache", "info", "--json"]);
    assert!(contents.stdout.contains(r#""built":4,"#) && contents.stdout.contains(r#""tools":2,"#), "{contents}");
    let told = fakes.run(&["cache", "info"]).stdout;
    assert!(
        told.contains("\n4 components built from files, ")
            && told.contains("\n2 sets of tools to build files with, "),
        "{told}"
    );
    let cleared = fakes.run(&["cache", "clear"]);
    assert!(cleared.stderr.contains("\nremoved 4 components built from files, "), "{cleared}");
    assert!(cleared.stderr.contains("\nremoved 2 sets of tools to build files with, "), "{cleared}");
    for dir in ["kept/built", "kept/tools"] {
        assert_eq!(fs::read_dir(fakes.terminal.path().join(dir)).unwrap().count(), 0, "something is left in {dir}");
    }
}

#[test]
fn build_puts_the_component_beside_the_file_or_where_it_is_wanted() {
    let fakes = Fakes::new(BUILDS);
    fakes.file("program.py", "");
    let beside = fakes.run(&["build", "program.py"]);
    assert_eq!(beside.value(), "program.wasm");
    assert_eq!(fakes.run(&["build", "program.py", "-o", "other.wasm"]).value(), "other.wasm");
    let component = fs::read(fakes.terminal.path().join("tasks.wasm")).unwrap();
    for name in ["program.wasm", "other.wasm"] {
        assert!(fs::read(fakes.terminal.path().join(name)).unwrap() == component, "{name}");
    }
}

const ERRORS: &str = r#"cat <<END
{"type":"warning","message":"the option 'image' says only where it runs, and is ignored","file":"$1","line":2,"column":null,"source":"env = 1","help":null}
{"type":"error","message":"invalid syntax","file":"$1","line":12,"column":8,"source":"def f(x:","help":null}
{"type":"error","message":"a set is no type of a parameter","file":"$1","line":3,"column":1,"source":null,"help":"a list is one"}
{"type":"error","message":"the file has no task","file":"$1","line":null,"column":null,"source":null,"help":null}
{"type":"error","message":"no package attrs 99","file":null,"line":null,"column":null,"source":null,"help":null}
END
exit 1
"#;

#[test]
fn what_is_wrong_is_shown_where_it_is() {
    let fakes = Fakes::new("");
    fakes.file("tasks.py", "# one\nenv = 1\n\tdef wrong(a: set): ...\n");
    fakes.run(&PREDICT);
    let mut transcripts = Vec::new();
    let one = r#"echo "{\"type\":\"error\",\"message\":\"invalid syntax\",\"file\":\"$1\",\"line\":12,\"column\":8,\"source\":\"def f(x:\",\"help\":\"close the parenthesis\"}"; exit 1"#;
    let wrong = "cp \"$FAKES/wrong.wasm\" \"$2\"";
    fakes.has("wrong.wasm", "no component");
    let drives = [
        one,
        ERRORS,
        "echo 'Traceback (most recent call last):' >&2; echo 'KeyError: 1' >&2; exit 2",
        "echo 'what is this'",
        "exit 1",
        "kill -SEGV $$",
        "echo 'OSError: [Errno 28] No space left on device' >&2; exit 2",
        wrong,
    ];
    for drive in drives {
        fakes.has("drive", drive);
        transcripts.push(fakes.run(&["build", "tasks.py"]));
    }
    fakes.has("drive", "echo waiting for ever; sleep 600");
    transcripts.push(fakes.run(&["build", "--max-build-time", "300ms", "tasks.py"]));
    assert!(transcripts.iter().all(|transcript| transcript.code == Some(2) && transcript.stdout.is_empty()));
    assert!(!fakes.terminal.path().join("tasks.wasm.partial").exists());
    assert_eq!(built(&fakes), Vec::<PathBuf>::new(), "something is left behind");
    assert_transcripts!("programs", transcripts);
}

#[test]
fn what_is_missing_for_a_build_is_told() {
    let fakes = Fakes::new(BUILDS);
    let pins = |transcript: Transcript| {
        let first = transcript.stderr.lines().next().unwrap_or_default().to_owned();
        let stderr = transcript.stderr.replace(&first, first.split(" tools (").next().unwrap());
        Transcript { stderr, ..transcript }
    };
    for name in ["tasks.py", "tasks.js"] {
        fakes.file(name, "");
    }
    fs::create_dir(fakes.terminal.path().join("folder")).unwrap();
    fakes.file("folder/tasks.ts", "");
    let without = |args: &[&str]| {
        Transcript::new(args, &fakes.command(args).env("PATH", fakes.dir().join("nothing")).output().unwrap())
    };
    let mut transcripts = vec![without(&["build", "tasks.py"]), without(&["build", "tasks.js"])];
    fakes.has("version", "3.8.1");
    transcripts.extend([fakes.run(&["build", "tasks.py"]), fakes.run(&["build", "tasks.js"])]);
    fakes.has("version", "99.0.0");
    for said in ["ERROR: No matching distribution found for componentize-py", "npm error code ENOSPC"] {
        fakes.has("install", &format!("echo '{said}' >&2; exit 1"));
        transcripts.push(pins(fakes.run(&["build", "tasks.py"])));
    }
    transcripts.extend(["folder", "missing.py", "tasks.wasm"].map(|path| fakes.run(&["build", path])));
    transcripts.push(fakes.run(&["run", "missing.py", "task"]));
    let args = ["build", "tasks.py"];
    let nowhere = fakes.command(&args).env_remove("FLYTE_HOST_CACHE_DIR").env_remove("HOME").output().unwrap();
    transcripts.push(Transcript::new(&args, &nowhere));
    transcripts.push(fakes.run(&["build", "--cache-dir", "tasks.js", "tasks.py"]));
    for transcript in &transcripts {
        assert_eq!(transcript.code, Some(2), "{transcript}");
    }
    assert_refused(&transcripts[..2]);
    assert_transcripts!("programs_missing", transcripts);
}

#[test]
fn an_interrupt_ends_the_build_with_all_it_started() {
    let fakes = Fakes::new("sleep 600 & echo $! > \"$FAKES/child\"; echo $$ > \"$FAKES/driver\"; wait");
    fakes.file("tasks.py", "");
    let child = start(&fakes);
    let process = |name: &str| {
        let number = fs::read_to_string(fakes.dir().join(name)).unwrap_or_default();
        number.trim().parse::<u32>().ok()
    };
    wait_for("the build", || process("driver").is_some());
    assert!(signal("-INT", child.id()));
    let output = child.wait_with_output().unwrap();
    let transcript = Transcript::new(&PREDICT, &output);
    assert_eq!(transcript.code, Some(130), "{transcript}");
    assert!(transcript.stderr.ends_with("error: interrupted while tasks.py was built\n"), "{transcript}");
    for name in ["driver", "child"] {
        wait_for("the end of what was started", || !signal("-0", process(name).unwrap()));
    }
    assert_eq!(built(&fakes), Vec::<PathBuf>::new(), "something is left behind");
    fakes.has("drive", BUILDS);
    assert_eq!(fakes.run(&PREDICT).value(), "9.0");
}

#[test]
fn tools_that_were_half_set_up_are_set_up_anew() {
    let fakes = Fakes::new(BUILDS);
    fakes.file("tasks.py", "");
    fakes.has("install", "echo $$ > \"$FAKES/installer\"; exec sleep 600");
    let mut child = start(&fakes);
    let installer = fakes.dir().join("installer");
    wait_for("the installation", || fs::read_to_string(&installer).is_ok_and(|number| number.ends_with('\n')));
    child.kill().unwrap();
    child.wait().unwrap();
    signal("-KILL", fs::read_to_string(installer).unwrap().trim().parse().unwrap());
    fakes.has("install", "exit 0");
    assert_eq!(fakes.run(&PREDICT).value(), "9.0");
    assert_eq!(fakes.started("pip install"), 2);
    // Another Python than before has no use for the packages of the last one.
    fakes.has("version", "99.2.0");
    fakes.file("tasks.py", "other");
    assert_eq!(fakes.run(&PREDICT).value(), "9.0");
    assert_eq!(fakes.started("pip install"), 3);
}

#[test]
fn of_many_processes_at_once_one_sets_up_and_one_builds() {
    let fakes = Fakes::new(&format!("sleep 0.3\n{BUILDS}"));
    fakes.has("install", "sleep 0.3");
    fakes.file("tasks.py", "");
    let children: Vec<Child> = (0..5).map(|_| start(&fakes)).collect();
    for child in children {
        assert_eq!(Transcript::new(&PREDICT, &child.wait_with_output().unwrap()).value(), "9.0");
    }
    assert_eq!((fakes.started("pip install"), fakes.started("flyte_build")), (1, 1));
    assert_eq!(built(&fakes).len(), 1, "something is left behind");
}

#[test]
fn a_file_that_changes_while_it_is_built_is_built_again() {
    let drive = format!(
        "if [ ! -e \"$FAKES/once\" ]; then touch \"$FAKES/once\"; sleep 0.05; echo 2 > \"$1\"; fi\n{BUILDS}"
    );
    let fakes = Fakes::new(&drive);
    fakes.file("tasks.py", "1");
    let transcript = fakes.run(&PREDICT);
    assert_eq!(transcript.value(), "9.0");
    assert!(transcript.stderr.contains("tasks.py changed meanwhile, building again …"), "{transcript}");
    assert_eq!(fakes.started("flyte_build"), 2);
}
