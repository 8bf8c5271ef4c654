//! SQLite databases that several processes read and write at once.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};

use crate::history::HistoryError;

/// How long one waits for another process to be done with what it writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long before one tries again what SQLite does not wait for.
const PAUSE: Duration = Duration::from_millis(10);

/// What a database holds: whose it is, and the latest version of its tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// In SQLite's header.
    pub(crate) application: i64,
    pub(crate) latest: i64,
}

impl Format {
    /// The version of its tables; 0 where it is empty. All of that is looked at at one moment: another process may be about
    /// to make it.
    ///
    /// # Errors
    /// It is another program's, or a later version's.
    pub(crate) fn version(self, database: &Transaction<'_>, path: &Path) -> Result<i64, HistoryError> {
        let failed = |error| HistoryError::of(path, error);
        let number =
            |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
        let tables = || database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
        match (number("application_id")?, number("user_version")?) {
            (application, found) if application == self.application && found > self.latest => {
                Err(HistoryError::Newer { path: path.to_owned(), found, known: self.latest })
            }
            (application, found) if application == self.application => Ok(found),
            (0, 0) if tables().map_err(failed)? == 0 => Ok(0),
            _ => {
                let reason = "the database is another program's".to_owned();
                Err(HistoryError::Foreign { path: path.to_owned(), reason })
            }
        }
    }

    /// Writes into the header that it has the latest version's tables.
    pub(crate) fn mark(self, database: &Transaction<'_>) -> rusqlite::Result<()> {
        database.pragma_update(None, "application_id", self.application)?;
        database.pragma_update(None, "user_version", self.latest)
    }
}

/// Opens a database, and changes nothing of it.
pub(crate) fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    // SQLite would wait at a pipe for ever.
    if !flags.contains(OpenFlags::SQLITE_OPEN_URI) && path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOTADB), None));
    }
    let database = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    database.busy_timeout(PATIENCE)?;
    // A process that ends leaves the log as it is: the next one goes on with it.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(database)
}

/// Has what is written go to a log first, beside which others read; and pages that are free given back on demand.
pub(crate) fn log_ahead(database: &Connection) -> rusqlite::Result<()> {
    // Only where this is said before there is a table.
    if database.pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0))? == 0 {
        database.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    let since = Instant::now();
    loop {
        // Where others are about to do the same, SQLite does not wait for them by itself.
        match database.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && since.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
