//! Python and JavaScript files in the place of components, with tools that are fakes.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
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
    let files = fs::read_dir(fakes.kept().join("built")).into_iter().flatten();
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

/// Whether what is started here ignores hangups, or does not tell.
fn is_hangup_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_none_or(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() & 1 == 1)
}

/// The number of a process that a fake wrote to a file.
fn process(fakes: &Fakes, name: &str) -> Option<u32> {
    let number = fs::read_to_string(fakes.dir().join(name)).unwrap_or_default();
    number.strip_suffix('\n')?.parse().ok()
}

/// A fake's script that starts another process, and ends by force only; both tell their numbers.
const STUBBORN: &str = "trap '' TERM INT HUP; sleep 600 & echo $! > \"$FAKES/child\"; echo $$ > \"$FAKES/parent\"
while :; do wait; sleep 1; done";

/// Waits for the end of a fake by [`STUBBORN`].
fn wait_for_the_end(fakes: &Fakes) {
    for name in ["parent", "child"] {
        let number = process(fakes, name).unwrap();
        wait_for("the end of what was started", || !signal("-0", number));
    }
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
    fakes.has("install", "echo fetching; sleep 600");
    for file in ["tasks.py", "tasks.js"] {
        transcripts.push(pins(fakes.run(&["build", "--max-build-time", "2s", file])));
    }
    for said in ["ensurepip is not available", "PermissionError: [Errno 13] Permission denied"] {
        fakes.has("venv", &format!("echo 'Error: {said}'; exit 1"));
        transcripts.push(pins(fakes.run(&["build", "tasks.py"])));
    }
    // Programs that tell no version.
    fakes.has("ask", "sleep 600");
    transcripts.extend(["tasks.py", "tasks.js"].map(|file| fakes.run(&["build", file])));
    fs::create_dir(fakes.terminal.path().join("crate")).unwrap();
    fakes.file("crate/Cargo.toml", "");
    fakes.has("target", "echo 'error: toolchain 1.2.3 is not installed' >&2; exit 1");
    transcripts.push(fakes.run(&["build", "crate"]));
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
fn what_comes_to_be_is_an_input_and_what_goes_meanwhile_is_an_error() {
    let tell = r#"echo "{\"type\":\"absent\",\"path\":\"${1%/*}/helper.py\"}"; echo "{\"type\":\"input\",\"path\":\"${1%/*}/module.py\"}""#;
    let fakes = Fakes::new(&format!("{tell}\n{BUILDS}"));
    fakes.file("tasks.py", "");
    fakes.file("module.py", "");
    for (built, helper) in [(1, None), (1, None), (2, Some("one")), (2, Some("one")), (3, Some("two"))] {
        if let Some(helper) = helper {
            fakes.file("helper.py", helper);
        }
        assert_eq!(fakes.run(&PREDICT).value(), "9.0");
        assert_eq!(fakes.started("flyte_build"), built);
    }
    for after in [BUILDS, "echo 'FileNotFoundError: module.py' >&2; exit 2"] {
        fakes.file("module.py", after);
        fakes.has("drive", &format!("{tell}; rm \"${{1%/*}}/module.py\"\n{after}"));
        let transcript = fakes.run(&["build", "tasks.py"]);
        assert_eq!(transcript.code, Some(2), "{transcript}");
        assert!(transcript.stderr.contains("/module.py is gone, and tasks.py was built with it\n"), "{transcript}");
    }
}

#[test]
fn an_input_that_cannot_be_read_is_named() {
    let fakes = Fakes::new("echo 'what is wrong here' >&2; exit 2");
    fakes.file("tasks.py", "");
    // What root can't read either.
    std::os::unix::fs::symlink("requirements.txt", fakes.terminal.path().join("requirements.txt")).unwrap();
    let transcript = fakes.run(&["build", "tasks.py"]);
    assert_eq!(transcript.code, Some(2), "{transcript}");
    assert!(
        transcript.stderr.contains("error: cannot read ") && transcript.stderr.contains("/requirements.txt\n"),
        "{transcript}"
    );
}

#[test]
fn what_a_command_needs_stays_until_it_is_loaded_however_little_may_be_kept() {
    let fakes = Fakes::new("cp \"${1%.*}.wasm\" \"$2\"");
    fakes.file("readings.py", "");
    fakes.file("report.py", "");
    let args = ["get", "task", "--max-compile-cache", "1", "--with", "report.py", "readings.py", "parse"];
    let transcript = fakes.run(&args);
    assert_eq!(transcript.code, Some(0), "{transcript}");
    assert_eq!(fakes.started("flyte_build"), 2);
    fakes.file("report.py", "changed");
    assert_eq!(fakes.run(&["build", "--max-compile-cache", "1", "report.py"]).code, Some(0));
    assert_eq!(built(&fakes).len(), 1, "others are kept");
}

#[test]
fn tools_see_nothing_that_is_meant_for_the_authors_own() {
    let fakes = Fakes::new(BUILDS);
    fakes.file("tasks.py", "");
    fakes.file("tasks.js", "");
    let python = ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER"];
    let node = ["NODE_OPTIONS", "NODE_PATH", "NPM_CONFIG_PREFIX", "npm_config_global"];
    for (file, foreign) in [("tasks.py", &python[..]), ("tasks.js", &node[..])] {
        let args = ["build", file];
        let mut command = fakes.command(&args);
        command.envs(foreign.iter().map(|name| (name, "foreign")));
        command.env("PIP_INDEX_URL", "kept").env("npm_config_registry", "kept");
        let transcript = Transcript::new(&args, &command.output().unwrap());
        assert_eq!(transcript.code, Some(0), "{transcript}");
    }
    let seen = |tool: &str| fs::read_to_string(fakes.dir().join(tool).with_extension("env")).unwrap();
    let (tools, built) = (fakes.kept().join("tools"), fakes.kept().join("built"));
    for tool in ["version", "venv", "pip", "npm", "driver"] {
        assert!(!seen(tool).contains("=foreign\n"), "{tool}: {}", seen(tool));
    }
    assert!(seen("pip").contains("PIP_INDEX_URL=kept\n") && seen("npm").contains("npm_config_registry=kept\n"));
    assert!(seen("npm").contains(&format!("IN={}/javascript-", tools.display())), "{}", seen("npm"));
    assert!(seen("driver").contains(&format!("IN={}/", built.display())), "{}", seen("driver"));
    fakes.file("tasks.py", "again");
    assert_eq!(fakes.run(&["build", "tasks.py"]).code, Some(0));
    assert!(seen("driver").contains(&format!("PYTHONPATH={}/python-", tools.display())), "{}", seen("driver"));
    assert!(seen("driver").contains(&format!("IN={}/", built.display())), "{}", seen("driver"));
}

#[test]
fn programs_may_lie_anywhere() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let fakes = Fakes::new(BUILDS);
    let here = fakes.terminal.path().canonicalize().unwrap();
    fs::create_dir(here.join("a b:c")).unwrap();
    for name in ["a b:c/tasks.py", "a b:c/tasks.js", "-o.py", "--help.js"] {
        fakes.file(name, "");
        let transcript = fakes.run(&["build", "--", name]);
        assert_eq!(transcript.value(), Path::new(name).with_extension("wasm").to_str().unwrap(), "{transcript}");
        assert!(here.join(name).with_extension("wasm").is_file());
        let source = here.join(name);
        assert_eq!(fakes.started(&format!("--source {} --output ", source.display())), 1, "{name}");
    }
    // A link is the program that it leads to, and the component is beside the link.
    std::os::unix::fs::symlink("a b:c/tasks.py", here.join("link.py")).unwrap();
    let builds = fakes.started("flyte_build");
    assert_eq!(fakes.run(&["build", "link.py"]).value(), "link.wasm");
    assert_eq!(fakes.started("flyte_build"), builds);
    fakes.file("text.txt", "");
    std::os::unix::fs::symlink("text.txt", here.join("text.py")).unwrap();
    let program = OsStr::from_bytes(b"t\xff.py");
    fs::write(here.join(program), "").unwrap();
    fs::write(here.join("colon.py"), "").unwrap();
    let refused = |args: &[&OsStr], complaint: &str| {
        let transcript = Transcript::new(&["build"], &fakes.command(&["build"]).args(args).output().unwrap());
        assert_eq!(transcript.code, Some(2), "{transcript}");
        assert!(transcript.stderr.contains(complaint), "{transcript}");
    };
    refused(&["text.py".as_ref()], "/text.txt is no Python or JavaScript file\n");
    refused(&[program], "it is not UTF-8\nhint: give the file, or a directory above it, another name\n");
    let args = ["--cache-dir", "a:b", "colon.py"].map(OsStr::new);
    refused(
        &args,
        "a:b: a virtual environment cannot be where a path has a `:`\nhint: `--cache-dir DIR` names another",
    );
    refused(
        &["--cache-dir".as_ref(), OsStr::from_bytes(b"c\xff"), "colon.py".as_ref()],
        "it is not UTF-8\nhint: `--cache-dir DIR`",
    );
}

#[test]
fn a_tool_of_another_version_is_refused() {
    let fakes = Fakes::new(BUILDS);
    for (file, install, complaint) in [
        ("tasks.py", "sed -i.bak '/componentize_py/s/ .*/ 0.0.1/' \"$1/installed\"", ("componentize-py ", "0.0.1")),
        ("tasks.py", "sed -i.bak '/pydantic/d' \"$1/installed\"", ("pydantic ", "none")),
        (
            "tasks.js",
            "echo '{\"version\":\"0.0.1\"}' > \"$1/node_modules/esbuild/package.json\"",
            ("esbuild ", "0.0.1"),
        ),
        ("tasks.js", "rm -r \"$1/node_modules/zod\"", ("zod ", "none")),
    ] {
        fakes.file(file, "");
        fakes.has("install", install);
        let transcript = fakes.run(&["build", file]);
        assert_eq!(transcript.code, Some(2), "{transcript}");
        let (package, found) = complaint;
        let complaint = format!(" is needed, and {found} was installed\n");
        assert!(transcript.stderr.contains(&format!(" tools: {package}")), "{transcript}");
        assert!(transcript.stderr.contains(&complaint), "{transcript}");
    }
    // Nothing of it is kept.
    fakes.has("install", "exit 0");
    assert_eq!(fakes.run(&["build", "tasks.py"]).code, Some(0));
}

#[test]
fn a_signal_ends_the_build_with_all_it_started() {
    let fakes = Fakes::new("sleep 600 & echo $! > \"$FAKES/child\"; echo $$ > \"$FAKES/parent\"; wait");
    fakes.file("tasks.py", "");
    fs::create_dir_all(fakes.terminal.path().join("crate/src")).unwrap();
    fakes.file("crate/Cargo.toml", "");
    let of_cargo = ["build", "crate"];
    for (args, name, code, word) in [
        (&PREDICT[..], "-INT", 130, "interrupted while tasks.py"),
        (&PREDICT[..], "-HUP", 129, "hung up while tasks.py"),
        (&of_cargo[..], "-TERM", 143, "terminated while crate"),
    ] {
        // Tests that were started with `nohup`, say.
        if name == "-HUP" && is_hangup_ignored() {
            continue;
        }
        let mut command = fakes.command(args);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_for("the build", || process(&fakes, "parent").is_some());
        assert!(signal(name, child.id()));
        let transcript = Transcript::new(args, &child.wait_with_output().unwrap());
        assert_eq!(transcript.code, Some(code), "{transcript}");
        assert!(transcript.stderr.ends_with(&format!("error: {word} was built\n")), "{transcript}");
        wait_for_the_end(&fakes);
        fs::remove_file(fakes.dir().join("parent")).unwrap();
    }
    assert_eq!(built(&fakes), Vec::<PathBuf>::new(), "something is left behind");
    fakes.has("drive", BUILDS);
    assert_eq!(fakes.run(&PREDICT).value(), "9.0");
}

#[test]
fn a_build_that_asks_on_the_terminal_is_ended_and_says_so() {
    // As a terminal does it: to all of the group.
    let fakes = Fakes::new("kill -TTIN 0; sleep 600");
    fakes.file("tasks.py", "");
    fs::create_dir_all(fakes.terminal.path().join("crate/src")).unwrap();
    fakes.file("crate/Cargo.toml", "");
    for (path, program, hint) in
        [("crate", "cargo`", "hint: run `cargo fetch` in"), ("tasks.py", "/bin/python`", "hint: see what `")]
    {
        let transcript = fakes.run(&["build", path]);
        assert_eq!(transcript.code, Some(2), "{transcript}");
        let complaint = format!("{program} asks for something on the terminal, and gets no answer there");
        assert!(transcript.stderr.contains(&complaint) && transcript.stderr.contains(hint), "{transcript}");
    }
}

#[test]
fn a_hangup_that_is_ignored_does_not_end_a_build() {
    let drive = format!("echo $$ > \"$FAKES/parent\"; while [ ! -e \"$FAKES/go\" ]; do sleep 0.02; done\n{BUILDS}");
    let fakes = Fakes::new(&drive);
    fakes.file("tasks.py", "");
    let command = fakes.command(&PREDICT);
    let mut ignoring = Command::new("/bin/sh");
    ignoring.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    ignoring.current_dir(command.get_current_dir().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => ignoring.env(name, value),
            None => ignoring.env_remove(name),
        };
    }
    let child = ignoring.spawn().unwrap();
    wait_for("the build", || process(&fakes, "parent").is_some());
    assert!(signal("-HUP", child.id()));
    fakes.has("go", "");
    assert_eq!(Transcript::new(&PREDICT, &child.wait_with_output().unwrap()).value(), "9.0");
}

#[test]
fn nothing_that_a_build_started_outlives_a_host_that_is_killed_or_told_twice() {
    let fakes = Fakes::new(STUBBORN);
    fakes.file("tasks.py", "");
    // Two of a kind at once would be one.
    for signals in [&["-KILL"][..], &["-INT", "-TERM"]] {
        let child = start(&fakes);
        wait_for("the build", || process(&fakes, "parent").is_some());
        for name in signals {
            signal(name, child.id());
        }
        let transcript = Transcript::new(&PREDICT, &child.wait_with_output().unwrap());
        // One that waits for the build's end tells of it.
        assert!(!transcript.stderr.contains("was built"), "{transcript}");
        wait_for_the_end(&fakes);
        fs::remove_file(fakes.dir().join("parent")).unwrap();
    }
    fakes.has("drive", BUILDS);
    assert_eq!(fakes.run(&PREDICT).value(), "9.0");
    assert_eq!(built(&fakes).len(), 1, "something is left behind");
}

#[test]
fn tools_that_were_half_set_up_are_set_up_anew_elsewhere() {
    let fakes = Fakes::new(BUILDS);
    fakes.file("tasks.py", "");
    // One that has left the group, and goes on to write where it began.
    let installing = "echo \"$1\" > \"$FAKES/place\"
setsid sh -c 'echo $$ > \"$FAKES/escaped\"; while :; do mkdir -p \"$0\"; echo > \"$0/orphan\"; done' \"$1\" > /dev/null 2>&1 &
while [ ! -s \"$FAKES/escaped\" ]; do sleep 0.01; done
";
    fakes.has("install", &format!("{installing}{STUBBORN}"));
    let mut child = start(&fakes);
    wait_for("the installation", || process(&fakes, "parent").is_some());
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for_the_end(&fakes);
    let place = || PathBuf::from(fs::read_to_string(fakes.dir().join("place")).unwrap().trim());
    let first = place();
    fakes.has("install", "echo \"$1\" > \"$FAKES/place\"");
    let transcript = fakes.run(&PREDICT);
    assert!(signal("-KILL", process(&fakes, "escaped").unwrap()), "it does not write any more");
    assert_eq!(transcript.value(), "9.0");
    assert_eq!(fakes.started("pip install"), 2);
    assert_ne!(first, place(), "both are set up in the same directory");
    // Another Python than before has no use for the packages of the last one; and what was left is removed.
    fakes.has("version", "99.2.0");
    fakes.file("tasks.py", "other");
    wait_for("the orphan's end", || !signal("-0", process(&fakes, "escaped").unwrap()));
    assert_eq!(fakes.run(&PREDICT).value(), "9.0");
    assert_eq!(fakes.started("pip install"), 3);
    let left: Vec<PathBuf> =
        fs::read_dir(fakes.kept().join("tools")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 2, "the tools and their lock: {left:?}");
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
