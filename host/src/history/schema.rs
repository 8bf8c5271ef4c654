//! The database's tables, and the way from each version of them to the next.
//!
//! Times of a run are microseconds since 1970; those of actions, attempts and logs are microseconds since their run began.
//! The rows of actions and values have keys of [`code::key`](super::code::key).

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::history::HistoryError;
use crate::history::database::{Format, connect, log_ahead};

/// From each version to the next. What is here is never changed, only added to.
const VERSIONS: &[&str] = &["
    CREATE TABLE runs(
        run INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT,
        task TEXT NOT NULL,
        started INTEGER NOT NULL,
        elapsed INTEGER,
        phase INTEGER NOT NULL,
        -- The lock of the process that records it.
        owner TEXT NOT NULL,
        -- Whether somebody wants it aborted.
        abort INTEGER NOT NULL DEFAULT 0,
        -- The run of which it takes the results of finished actions.
        recovers TEXT,
        -- How to start it again, in the words of who started it.
        request TEXT,
        granted TEXT NOT NULL,
        limits TEXT NOT NULL,
        seed INTEGER,
        -- How many records of it were dropped.
        dropped INTEGER NOT NULL DEFAULT 0,
        actions INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        cached INTEGER NOT NULL DEFAULT 0,
        recovered INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        aborted INTEGER NOT NULL DEFAULT 0,
        denials INTEGER NOT NULL DEFAULT 0,
        peak_memory INTEGER NOT NULL DEFAULT 0,
        queue INTEGER NOT NULL DEFAULT 0,
        instantiate INTEGER NOT NULL DEFAULT 0,
        execute INTEGER NOT NULL DEFAULT 0,
        serialize INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX runs_by_name ON runs(name) WHERE name IS NOT NULL;

    CREATE TABLE labels(
        run INTEGER NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY(run, key)
    ) STRICT, WITHOUT ROWID;

    -- What actions are attempts at: a task of a component, with some rights.
    CREATE TABLE kinds(
        kind INTEGER PRIMARY KEY,
        task TEXT NOT NULL,
        component BLOB,
        origin TEXT,
        rights TEXT NOT NULL,
        UNIQUE(task, component, origin, rights)
    ) STRICT;

    CREATE TABLE actions(
        action INTEGER PRIMARY KEY,
        parent INTEGER,
        parent_attempt INTEGER NOT NULL,
        call INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        label TEXT,
        phase INTEGER NOT NULL,
        cached INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        queued INTEGER NOT NULL,
        -- Its first attempt.
        started INTEGER,
        ended INTEGER,
        queue INTEGER,
        instantiate INTEGER,
        execute INTEGER,
        serialize INTEGER,
        peak_memory INTEGER,
        -- XXH3, 128 bits, of the inputs' text; none where there is a secret in it.
        inputs BLOB,
        failure TEXT,
        -- The longest an attempt might run, in nanoseconds, where its invocation said so.
        max_runtime INTEGER
    ) STRICT;

    -- JSON texts, or the SHA-256 of the files that have them.
    CREATE TABLE action_values(
        action INTEGER PRIMARY KEY,
        inputs TEXT,
        output TEXT,
        inputs_file BLOB,
        output_file BLOB
    ) STRICT;
    CREATE INDEX inputs_files ON action_values(inputs_file) WHERE inputs_file IS NOT NULL;
    CREATE INDEX output_files ON action_values(output_file) WHERE output_file IS NOT NULL;

    -- Attempts that failed.
    CREATE TABLE attempts(
        action INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        started INTEGER,
        failed INTEGER NOT NULL,
        failure TEXT NOT NULL,
        PRIMARY KEY(action, attempt)
    ) STRICT, WITHOUT ROWID;

    -- In which order results reached an action's attempt: those of `count` actions, when it had made `calls` invocations.
    CREATE TABLE deliveries(
        delivery INTEGER PRIMARY KEY,
        parent INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        first INTEGER NOT NULL,
        count INTEGER NOT NULL,
        calls INTEGER NOT NULL
    ) STRICT;

    -- What guests printed and told; `stream` is 1 and 2 as the system's, 0 for progress, 3 for denials, 4 for the host's
    -- own remarks.
    CREATE TABLE logs(
        line INTEGER PRIMARY KEY,
        action INTEGER NOT NULL,
        at INTEGER NOT NULL,
        stream INTEGER NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    "];

/// The latest version. In SQLite's header it says `flyt`.
const FORMAT: Format = Format { application: 0x666c_7974, latest: VERSIONS.len() as i64 };

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To be read. It has to be there.
    Read,
    /// To be changed now and then: a run deleted, say. It has to be there.
    Change,
    /// To be written all the time; it is made where it is missing, and brought to the latest version. `durable`: what is
    /// committed outlives a loss of power.
    Record { durable: bool },
}

/// Opens the database.
///
/// # Errors
/// It is none, somebody else's, a newer version's, damaged, or can't be used.
pub(super) fn open(path: &Path, access: Access) -> Result<Connection, HistoryError> {
    let failed = |error| HistoryError::of(path, error);
    let opened = match access {
        Access::Read => open_to_read(path),
        Access::Change => connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE),
        Access::Record { .. } => connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE),
    };
    let mut database = opened.map_err(failed)?;
    // Nothing of it is changed before it is known whose it is.
    let is_latest = FORMAT.version(&database.transaction().map_err(failed)?, path)? == FORMAT.latest;
    match access {
        Access::Record { durable } => {
            prepare(&database, durable).map_err(failed)?;
            if !is_latest {
                migrate(&mut database, path)?;
            }
        }
        _ if !is_latest => return Err(HistoryError::Empty { path: path.to_owned() }),
        _ => {}
    }
    Ok(database)
}

/// Where nothing may be written, not even the index of the log, the database is read as it is.
fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let first = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    match first.pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(first),
        // What was written last is in the log, and that can't be read without its index.
        Err(_) if is_read_only(path) && has_log(path) => {
            let reason = "its directory can only be read, and the latest of it is in the log beside it; a copy of both that \
                          can be written can be read";
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
            Err(rusqlite::Error::SqliteFailure(code, Some(reason.to_owned())))
        }
        Err(_) if is_read_only(path) => {
            let text = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            connect(Path::new(&format!("file:{text}?immutable=1")), flags)
        }
        Err(error) => Err(error),
    }
}

fn has_log(path: &Path) -> bool {
    path.with_extension("db-wal").metadata().is_ok_and(|log| log.len() > 0)
}

fn is_read_only(path: &Path) -> bool {
    let shared_memory = path.with_extension("db-shm");
    std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(shared_memory).is_err()
}

fn prepare(database: &Connection, durable: bool) -> rusqlite::Result<()> {
    log_ahead(database)?;
    database.pragma_update(None, "synchronous", if durable { "FULL" } else { "NORMAL" })?;
    database.pragma_update(None, "cache_size", -16 * 1024)?;
    database.pragma_update(None, "wal_autocheckpoint", 4000)?;
    database.pragma_update(None, "journal_size_limit", 64 << 20)?;
    database.pragma_update(None, "temp_store", "MEMORY")
}

/// Brings it to the latest version.
fn migrate(database: &mut Connection, path: &Path) -> Result<(), HistoryError> {
    let failed = |error| HistoryError::of(path, error);
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Another process may have done it in the meantime.
    let from = FORMAT.version(&transaction, path)?;
    if from < FORMAT.latest {
        for sql in &VERSIONS[usize::try_from(from).unwrap_or_default()..] {
            transaction.execute_batch(sql).map_err(failed)?;
        }
        FORMAT.mark(&transaction).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}
