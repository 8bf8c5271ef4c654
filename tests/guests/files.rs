//! Does with files what it is told, and tells what came of each step. The tasks differ in their rights alone.
#![cfg_attr(
    target_arch = "wasm32",
    allow(unsafe_code, reason = "some of the C library's functions have no other name")
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::time::Duration;

use flyte_guest::{TaskError, task};

/// Has no rights.
#[task]
fn nothing(steps: Vec<Vec<String>>) -> Vec<String> {
    all(&steps)
}

#[task(rights(read = "/data"))]
fn reads(steps: Vec<Vec<String>>) -> Vec<String> {
    all(&steps)
}

#[task(rights(write = "/data"))]
fn writes(steps: Vec<Vec<String>>) -> Vec<String> {
    all(&steps)
}

/// Declares a part of what is granted.
#[task(rights(write = "/data/in"))]
fn writes_in(steps: Vec<Vec<String>>) -> Vec<String> {
    all(&steps)
}

/// Declares more than its parents have.
#[task(rights(optional(write = "/")))]
fn wants_all(steps: Vec<Vec<String>>) -> Vec<String> {
    all(&steps)
}

/// A parent with few rights, and a child that declares more.
#[task(rights(read = "/data/in"))]
async fn asks_a_child(steps: Vec<Vec<String>>) -> Result<Vec<String>, TaskError> {
    wants_all::invoke(steps).await
}

#[task(rights(optional(read = "/data/in/link")))]
fn reads_the_link(steps: Vec<Vec<String>>) -> Vec<String> {
    all(&steps)
}

/// Puts a link to another's directory where a child may read.
#[task(rights(write = "/data/in"))]
async fn steals(steps: Vec<Vec<String>>) -> Result<Vec<String>, TaskError> {
    assert!(symlink("../out", "/data/in/link").is_ok(), "it may have links of its own");
    reads_the_link::invoke(steps).await
}

fn all(steps: &[Vec<String>]) -> Vec<String> {
    let mut held = Vec::new();
    let told = |done: io::Result<String>| done.unwrap_or_else(|error| format!("{:?}", error.kind()));
    steps.iter().map(|step| told(one(step, &mut held))).collect()
}

fn one(step: &[String], held: &mut Vec<File>) -> io::Result<String> {
    let step: Vec<&str> = step.iter().map(String::as_str).collect();
    let done = |()| "done".to_owned();
    match step[..] {
        ["read", path] => fs::read_to_string(path),
        ["list", path] => list(path),
        ["size", path] => fs::metadata(path).map(|found| found.len().to_string()),
        ["size of link", path] => fs::symlink_metadata(path).map(|found| found.len().to_string()),
        ["read link", path] => fs::read_link(path).map(|target| target.display().to_string()),
        ["write", path, text] => fs::write(path, text).map(done),
        ["append", path, text] => OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes()).map(done),
        ["cut", path] => OpenOptions::new().write(true).truncate(true).open(path).map(|_| done(())),
        ["touch", path] => touch(path).map(done),
        ["make dir", path] => fs::create_dir(path).map(done),
        ["remove dir", path] => fs::remove_dir(path).map(done),
        ["remove", path] => fs::remove_file(path).map(done),
        ["rename", from, to] => fs::rename(from, to).map(done),
        ["hard link", from, to] => fs::hard_link(from, to).map(done),
        ["link", target, path] => symlink(target, path).map(done),
        ["hold", path] => {
            held.push(File::open(path)?);
            Ok(done(()))
        }
        ["read held"] => held.pop().map_or(Ok("nothing".to_owned()), |mut file| {
            let mut text = String::new();
            file.read_to_string(&mut text).map(|_| text)
        }),
        ["await", path] => {
            while !fs::exists(path)? {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(done(()))
        }
        ["read often", path, times] => read_often(path, times.parse().unwrap_or(0)),
        ["open many", path, times] => open_many(path, times.parse().unwrap_or(0)),
        _ => panic!("no such step: {step:?}"),
    }
}

fn list(path: &str) -> io::Result<String> {
    let names = fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names.join(" "))
}

/// All that was ever read, each thing once.
fn read_often(path: &str, times: u32) -> io::Result<String> {
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..times {
        let read = fs::read_to_string(path).unwrap_or_else(|error| format!("{:?}", error.kind()));
        if !seen.contains(&read) {
            seen.push(read);
        }
    }
    seen.sort();
    Ok(seen.join(" "))
}

/// How often a file can be open at once, and whether it can be opened again when it is not.
fn open_many(path: &str, times: u32) -> io::Result<String> {
    let mut open = Vec::new();
    for _ in 0..times {
        match File::open(path) {
            Ok(file) => open.push(file),
            Err(_) => break,
        }
    }
    let most = open.len();
    drop(open);
    File::open(path).map(|_| format!("{most}, and again"))
}

#[cfg(target_arch = "wasm32")]
mod c {
    use std::ffi::{CString, c_char, c_int, c_void};
    use std::io;

    unsafe extern "C" {
        fn symlink(target: *const c_char, path: *const c_char) -> c_int;
        fn utimensat(dir: c_int, path: *const c_char, times: *const c_void, flags: c_int) -> c_int;
    }

    /// WASI's `AT_FDCWD`.
    const HERE: c_int = -2;

    fn done(status: c_int) -> io::Result<()> {
        if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    pub(super) fn link(target: &str, path: &str) -> io::Result<()> {
        let (target, path) = (CString::new(target)?, CString::new(path)?);
        done(unsafe { symlink(target.as_ptr(), path.as_ptr()) })
    }

    pub(super) fn touch(path: &str) -> io::Result<()> {
        let path = CString::new(path)?;
        done(unsafe { utimensat(HERE, path.as_ptr(), std::ptr::null(), 0) })
    }
}

fn symlink(target: &str, path: &str) -> io::Result<()> {
    #[cfg(target_arch = "wasm32")]
    return c::link(target, path);
    #[cfg(not(target_arch = "wasm32"))]
    panic!("a guest only: {target} {path}");
}

fn touch(path: &str) -> io::Result<()> {
    #[cfg(target_arch = "wasm32")]
    return c::touch(path);
    #[cfg(not(target_arch = "wasm32"))]
    panic!("a guest only: {path}");
}

flyte_guest::export!(nothing, reads, writes, writes_in, wants_all, asks_a_child, reads_the_link, steals);
