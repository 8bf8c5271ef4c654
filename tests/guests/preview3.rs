//! Uses WASI 0.3 itself: no toolchain's own library does so yet.
#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code, missing_debug_implementations, unused_qualifications, reason = "generated bindings")]

wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package flyte:preview3;

        world guest {
            include flyte:task/task-component@0.1.0;
            import wasi:clocks/monotonic-clock@0.3.0;
            import wasi:filesystem/types@0.3.0;
            import wasi:filesystem/preopens@0.3.0;
        }

        package wasi:clocks@0.3.0 {
            interface types {
                type duration = u64;
            }
            interface monotonic-clock {
                use types.{duration};
                type mark = u64;
                now: func() -> mark;
                wait-for: async func(how-long: duration);
            }
        }

        package wasi:filesystem@0.3.0 {
            interface types {
                type filesize = u64;
                variant descriptor-type {
                    block-device, character-device, directory, fifo, symbolic-link, regular-file, socket,
                    other(option<string>),
                }
                flags descriptor-flags {
                    read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, mutate-directory,
                }
                flags path-flags { symlink-follow }
                flags open-flags { create, directory, exclusive, truncate }
                record instant { seconds: s64, nanoseconds: u32 }
                variant new-timestamp { no-change, now, timestamp(instant) }
                record directory-entry { %type: descriptor-type, name: string }
                variant error-code {
                    access, already, bad-descriptor, busy, deadlock, quota, exist, file-too-large,
                    illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, loop, too-many-links,
                    message-size, name-too-long, no-device, no-entry, no-lock, insufficient-memory,
                    insufficient-space, not-directory, not-empty, not-recoverable, unsupported, no-tty,
                    no-such-device, overflow, not-permitted, pipe, read-only, invalid-seek, text-file-busy,
                    cross-device, other(option<string>),
                }
                resource descriptor {
                    read-via-stream: func(offset: filesize) -> tuple<stream<u8>, future<result<_, error-code>>>;
                    read-directory: func() -> tuple<stream<directory-entry>, future<result<_, error-code>>>;
                    append-via-stream: func(data: stream<u8>) -> future<result<_, error-code>>;
                    sync: async func() -> result<_, error-code>;
                    set-times-at: async func(path-flags: path-flags, path: string,
                        data-access-timestamp: new-timestamp, data-modification-timestamp: new-timestamp)
                        -> result<_, error-code>;
                    create-directory-at: async func(path: string) -> result<_, error-code>;
                    open-at: async func(path-flags: path-flags, path: string, open-flags: open-flags,
                        %flags: descriptor-flags) -> result<descriptor, error-code>;
                }
            }
            interface preopens {
                use types.{descriptor};
                get-directories: func() -> list<tuple<descriptor, string>>;
            }
        }
    ",
    world: "flyte:preview3/guest",
    generate_all,
});

use exports::flyte::task::task_set::{Guest, TaskSpec};
use flyte::task::types::{
    Backoff, CacheBehavior, CachePolicy, Capability, ErrorKind, RetryCauses, Right, TaskError, TaskPolicy,
};
use wasi::clocks::monotonic_clock;
use wasi::filesystem::preopens::get_directories;
use wasi::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags};

struct Component;

const NOTHING: &str = r#"{"type":"object","properties":{},"additionalProperties":false}"#;

impl Guest for Component {
    fn describe() -> Vec<TaskSpec> {
        ["reads", "is_denied", "opens_many", "hoards_streams", "cancels", "waits"].map(spec).into()
    }

    async fn run(task: String, _inputs: String) -> Result<String, TaskError> {
        let told = match task.as_str() {
            "reads" => reads().await,
            "is_denied" => Ok(is_denied().await),
            "opens_many" => opens_many().await,
            "hoards_streams" => hoards_streams().await,
            "cancels" => cancels().await,
            "waits" => Ok(waits().await),
            _ => std::process::abort(),
        };
        told.map(|told| format!("{told:?}")).map_err(|code| TaskError {
            kind: ErrorKind::Task,
            message: format!("{code:?}"),
            causes: Vec::new(),
            details: None,
            recoverable: false,
        })
    }
}

fn directory(path: &str) -> Descriptor {
    let found = get_directories().into_iter().find(|(_, name)| name == path);
    found.unwrap_or_else(|| panic!("no directory {path}")).0
}

async fn open(dir: &Descriptor, path: &str) -> Result<Descriptor, ErrorCode> {
    dir.open_at(PathFlags::SYMLINK_FOLLOW, path.to_owned(), OpenFlags::empty(), DescriptorFlags::READ).await
}

/// A file and the listing of its directory.
async fn reads() -> Result<String, ErrorCode> {
    let data = directory("/data");
    let (stream, end) = open(&data, "a.txt").await?.read_via_stream(0);
    let text = String::from_utf8_lossy(&stream.collect().await).into_owned();
    end.await?;
    let (stream, end) = data.read_directory();
    let mut names: Vec<String> = stream.collect().await.into_iter().map(|entry| entry.name).collect();
    end.await?;
    names.sort();
    Ok(format!("{text}: {}", names.join(" ")))
}

/// All that it may not do.
async fn is_denied() -> String {
    let (data, root) = (directory("/data"), directory("/"));
    let outside = open(&root, "etc/passwd").await.err();
    let above = open(&data, "../etc/shadow").await.err();
    let made = data.create_directory_at("dir".to_owned()).await.err();
    let listed = root.read_directory().1.await.err();
    let appended = match open(&data, "a.txt").await {
        Ok(file) => {
            let (_, stream) = wit_stream::new();
            file.append_via_stream(stream).await.err()
        }
        Err(code) => Some(code),
    };
    let told = [outside, above, made, listed, appended];
    told.map(|code| code.map_or("no error".to_owned(), |code| format!("{code:?}"))).join(" ")
}

/// How many files it can open, all asked for before any is open.
async fn opens_many() -> Result<String, ErrorCode> {
    let data = directory("/data");
    let opened = flyte_guest::futures::future::join_all((0..400).map(|_| open(&data, "a.txt"))).await;
    let (open, refused): (Vec<_>, Vec<_>) = opened.into_iter().partition(Result::is_ok);
    let quota = refused.iter().all(|refused| matches!(refused, Err(ErrorCode::Quota)));
    Ok(format!("{} open, {} refused{}", open.len(), refused.len(), if quota { " by the quota" } else { "" }))
}

/// How many files it can keep open without their descriptors, by streams alone; and again once those are dropped.
async fn hoards_streams() -> Result<String, ErrorCode> {
    let data = directory("/data");
    let mut counts = Vec::new();
    for _ in 0..2 {
        let mut streams = Vec::new();
        let refused = loop {
            match open(&data, "a.txt").await {
                Ok(file) => streams.push(file.read_via_stream(0)),
                Err(code) => break code,
            }
        };
        counts.push(format!("{} and {refused:?}", streams.len()));
    }
    Ok(counts.join(", "))
}

/// Gives up many calls at whatever point they are, and then sets a file's times.
async fn cancels() -> Result<String, ErrorCode> {
    use flyte_guest::futures::future::{FutureExt, select};
    let data = directory("/data");
    let touch = || {
        let (now, same) = (NewTimestamp::Now, NewTimestamp::NoChange);
        data.set_times_at(PathFlags::SYMLINK_FOLLOW, "a.txt".to_owned(), now, same)
    };
    for _ in 0..500 {
        drop(select(touch().boxed_local(), open(&data, "a.txt").boxed_local()).await);
        drop(data.sync().now_or_never());
        drop(touch().now_or_never());
    }
    touch().await?;
    data.sync().await?;
    Ok("done".to_owned())
}

/// When each of several timers went off.
async fn waits() -> String {
    let begun = monotonic_clock::now();
    let timer = |micros: u64| async move {
        monotonic_clock::wait_for(micros * 1_000).await;
        format!("{micros} at {}", (monotonic_clock::now() - begun) / 1_000_000)
    };
    flyte_guest::futures::future::join_all([30_500, 10_000, 20_700, 20_200].map(timer)).await.join(", ")
}

fn spec(name: &str) -> TaskSpec {
    TaskSpec {
        name: name.to_owned(),
        environment: None,
        doc: String::new(),
        inputs: NOTHING.to_owned(),
        output: r#"{"type":"string"}"#.to_owned(),
        policy: TaskPolicy {
            retries: 0,
            backoff: Backoff { initial: 0, factor: 1.0, cap: None },
            retry_on: RetryCauses::empty(),
            max_runtime: None,
            cache: CachePolicy {
                behavior: CacheBehavior::Disable,
                ignored_inputs: Vec::new(),
                serialize: false,
                max_age: None,
            },
            reuse: None,
        },
        rights: vec![Right {
            capability: match name {
                "cancels" => Capability::Write("/data".to_owned()),
                _ => Capability::Read("/data".to_owned()),
            },
            optional: true,
        }],
    }
}

export!(Component);
