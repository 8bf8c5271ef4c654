//! Components whose bytes were meddled with; and the bytes that the command line prints.

use std::process::Command;

use flyte_host::{Host, HostError, PoolSize};
use flyte_host_artifacts::PIPELINE_READINGS;

use crate::describing::bytes_of;
use crate::frame;
use crate::house::tight;

/// A small component that does no harm.
fn calm() -> Vec<u8> {
    frame::component("calm", "")
}

/// A component that loads is run, too. Whatever comes of it, it ends.
async fn ends_somehow(bytes: Vec<u8>) {
    let builder = Host::builder().pool(PoolSize { instances: 2 }).limits(tight());
    match builder.load_bytes("guest.wasm", bytes).build().await {
        Ok(host) => {
            let names: Vec<String> = host.catalog().tasks().map(|task| task.qualified_name()).collect();
            for name in names {
                let _ = host.run(&name, "{}").await;
            }
        }
        Err(HostError::Load(_)) => {}
        Err(other) => panic!("{other}"),
    }
}

/// Numbers that look random and are the same each time.
pub(crate) fn scattered(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

attacks! {
    truncated_components: "components that break off, in hundreds of places"
        => "a component is checked whole before anything of it runs", {
        let (small, real) = (calm(), std::fs::read(PIPELINE_READINGS).unwrap());
        for length in (0..small.len()).step_by(small.len() / 100) {
            ends_somehow(small[..length].to_vec()).await;
        }
        for length in (0..real.len()).step_by(real.len() / 100) {
            ends_somehow(real[..length].to_vec()).await;
        }
    }

    flipped_bits: "components with a bit changed here and there, in hundreds of ways"
        => "a component is checked whole before anything of it runs, and what passes runs in a sandbox", {
        let (small, real) = (calm(), std::fs::read(PIPELINE_READINGS).unwrap());
        let mut next = scattered(3);
        for (original, times) in [(&small, 300), (&real, 20)] {
            for _ in 0..times {
                let mut bytes = original.clone();
                let at = next(bytes.len());
                bytes[at] ^= 1 << next(8);
                ends_somehow(bytes).await;
            }
        }
    }

    no_component_at_all: "files that are something else"
        => "the first bytes are read before anything else", {
        let mut next = scattered(7);
        let noise: Vec<u8> = (0..10_000).map(|_| next(256) as u8).collect();
        let module = wat::parse_str("(module (memory 65536))").unwrap();
        let headless = [&b"\0asm"[..], &noise].concat();
        let endless = [&b"\0asm\x0d\0\x01\0\x00"[..], &[0xff; 64]].concat();
        for bytes in [Vec::new(), noise, module, headless, endless, vec![0; 100_000]] {
            let builder = Host::builder().pool(PoolSize { instances: 2 }).load_bytes("guest.wasm", bytes);
            assert!(matches!(builder.build().await, Err(HostError::Load(_))));
        }
    }
}

/// Runs a command on the component of an attack; see [`prints_nothing_raw`].
pub(crate) fn prints_nothing_raw_of(name: &str, command: &[&str]) {
    let file = tempfile::Builder::new().suffix(".wasm").tempfile().unwrap();
    std::fs::write(file.path(), bytes_of(name)).unwrap();
    prints_nothing_raw(file.path().to_str().unwrap(), command);
}

/// Runs a command, with the component for `FILE`: no byte of what it prints for people is a control character's, but for
/// line ends and tabs. What is data goes to a program as it is where no terminal is.
pub(crate) fn prints_nothing_raw(component: &str, command: &[&str]) {
    let args = command.iter().map(|arg| if *arg == "FILE" { component } else { arg });
    let output = Command::new(env!("CARGO_BIN_EXE_flyte-host")).args(args).output().unwrap();
    let is_data = command.contains(&"--json") || (command[0] == "run" && !command.contains(&"--help"));
    for printed in [&output.stderr, &output.stdout].into_iter().take(if is_data { 1 } else { 2 }) {
        let text = String::from_utf8(printed.clone()).unwrap();
        let raw = |letter: &char| (letter.is_control() && !matches!(letter, '\n' | '\t')) || *letter == '\u{202e}';
        assert_eq!(text.chars().find(raw), None, "{text:?}");
    }
    assert!(!output.stdout.is_empty() || !output.stderr.is_empty());
}
