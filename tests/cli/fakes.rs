//! Stand-ins for Python, Node.js and their installers, found where real ones would be: they start no network and take no
//! time, and build as a script of the test says.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::terminal::{Terminal, Transcript};

/// Environments it makes hold a copy of itself.
const PYTHON: &str = r#"#!/bin/sh
echo "python3 $*" >> "$FAKES/log"
told() { { echo "IN=$PWD"; env; } > "$FAKES/$1.env"; }
case "$*" in
  "-I -c import importlib"*) cat "${0%/*}/installed" ;;
  "-I -c"*) told version; exec sh "$FAKES/ask" ;;
  "-I -m venv "*)
    told venv
    [ -e "$FAKES/venv" ] && exec sh "$FAKES/venv"
    mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  "-I -m pip "*)
    told pip
    for one; do case "$one" in *==*) echo "${one%%==*} ${one##*==}" | tr - _ ;; esac; done > "${0%/*}/installed"
    exec sh "$FAKES/install" "${0%/*}" ;;
  "-P -m flyte_build "*) told driver; exec sh "$FAKES/drive" "$5" "$7" "$PWD" ;;
esac
"#;

const NODE: &str = r#"#!/bin/sh
echo "node $*" >> "$FAKES/log"
told() { { echo "IN=$PWD"; env; } > "$FAKES/$1.env"; }
case "$*" in
  "--version") told version; printf v; exec sh "$FAKES/ask" ;;
  *) told driver; exec sh "$FAKES/drive" "$3" "$5" "$PWD" ;;
esac
"#;

const NPM: &str = r#"#!/bin/sh
echo "npm $*" >> "$FAKES/log"
{ echo "IN=$PWD"; env; } > "$FAKES/npm.env"
sed 's/.*"dependencies":{\([^}]*\)}.*/\1\n/' package.json | tr , '\n' | tr -d '"' | while IFS=: read -r name version; do
  mkdir -p "node_modules/$name"
  echo "{\"name\":\"$name\",\"version\":\"$version\"}" > "node_modules/$name/package.json"
done
exec sh "$FAKES/install" "$PWD"
"#;

/// Tells that the target is there.
const RUSTC: &str = "#!/bin/sh\nexec sh \"$FAKES/target\"\n";

const CARGO: &str = "#!/bin/sh\nexec sh \"$FAKES/drive\"\n";

/// Builds whatever it is to the example's tasks. `$1` is the source, `$2` the component, `$3` the directory to work in.
pub(crate) const BUILDS: &str = r#"echo '{"type":"progress","text":"looking"}'
cp "$FAKES/../tasks.wasm" "$2"
"#;

pub(crate) struct Fakes {
    pub(crate) terminal: Terminal,
}

impl Fakes {
    /// Fakes that build by this script.
    pub(crate) fn new(drive: &str) -> Self {
        let fakes = Self { terminal: Terminal::new() };
        fs::create_dir_all(fakes.dir().join("bin")).unwrap();
        // Where the first is too old, others are looked for.
        let others =
            ["python3.10", "python3.11", "python3.12", "python3.13", "python3.14"].map(|name| (name, PYTHON));
        let programs = [("python3", PYTHON), ("node", NODE), ("npm", NPM), ("rustc", RUSTC), ("cargo", CARGO)];
        for (name, script) in programs.into_iter().chain(others) {
            let path = fakes.dir().join("bin").join(name);
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fakes.has("version", "99.1.2");
        fakes.has("ask", "cat \"$FAKES/version\"");
        fakes.has("target", "echo \"$FAKES\"");
        fakes.has("install", "exit 0");
        fakes.has("drive", drive);
        fakes
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.terminal.path().join("fakes")
    }

    /// Where tools and what they build are.
    pub(crate) fn kept(&self) -> PathBuf {
        self.terminal.path().join("kept")
    }

    /// Puts a file among what the fakes use.
    pub(crate) fn has(&self, name: &str, content: &str) {
        fs::write(self.dir().join(name), content).unwrap();
    }

    /// Puts a file among the author's.
    pub(crate) fn file(&self, name: &str, content: &str) {
        fs::write(self.terminal.path().join(name), content).unwrap();
    }

    /// How often a fake was started with arguments like this.
    pub(crate) fn started(&self, with: &str) -> usize {
        let log = fs::read_to_string(self.dir().join("log")).unwrap_or_default();
        log.lines().filter(|line| line.contains(with)).count()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.terminal.command(args);
        let path = format!("{}:/usr/bin:/bin", self.dir().join("bin").display());
        command.env("PATH", path).env("FAKES", self.dir());
        command.env("FLYTE_HOST_CACHE_DIR", self.terminal.path().join("kept"));
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Transcript {
        Transcript::new(args, &self.command(args).output().unwrap())
    }
}
