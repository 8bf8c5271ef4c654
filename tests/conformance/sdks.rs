//! The SDKs' own tests, which need no component: with the machine's `python3` and `node`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::languages::built;

/// Runs a program in an SDK's directory.
#[track_caller]
fn run(program: impl AsRef<Path>, args: &[&str], sdk: &str) {
    run_with(program, args, sdk, &[]);
}

/// The same with these variables.
#[track_caller]
fn run_with(program: impl AsRef<Path>, args: &[&str], sdk: &str, variables: &[(&str, &str)]) {
    let program = program.as_ref();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk").join(sdk);
    let mut command = Command::new(program);
    // What is made on the way does not belong into the source tree.
    command.env("PYTHONDONTWRITEBYTECODE", "1").envs(variables.iter().copied()).current_dir(directory).args(args);
    let output = command.output();
    let output =
        output.unwrap_or_else(|error| panic!("cannot run `{}`, which this test needs: {error}", program.display()));
    let [told, errors] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{} {args:?}: {told}\n{errors}", program.display());
}

#[test]
fn python() {
    let environment = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/python-tests"));
    let python = environment.join("bin/python");
    if !environment.join("complete").is_file() {
        run("python3", &["-m", "venv", "--clear", environment.to_str().unwrap()], "python");
        let packages = ["pytest==9.2.0", "pydantic==1.10.26", "typing-extensions==4.15.0"];
        run(&python, &[&["-m", "pip", "install", "--quiet"], &packages[..]].concat(), "python");
        std::fs::write(environment.join("complete"), "").unwrap();
    }
    run(&python, &["-m", "pytest", "--quiet", "-p", "no:cacheprovider"], "python");
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript() {
    // Zod comes with the tools.
    built("tasks.js").await;
    let tools = std::fs::read_dir(concat!(env!("CARGO_TARGET_TMPDIR"), "/workshop/tools")).unwrap();
    let packages =
        tools.flatten().map(|tools| tools.path().join("node_modules")).filter(|path| path.join("zod").is_dir());
    let packages = std::env::join_paths(packages).unwrap();
    run_with("node", &["--test", "tests/native"], "javascript", &[("NODE_PATH", packages.to_str().unwrap())]);
}
