//! The database of results.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};
use twox_hash::XxHash3_128;

use crate::history::HistoryError;
use crate::history::database::{self, Format};
use crate::results::inbox::Note;
use crate::run::{CacheKey, StoredResult, now};

/// In SQLite's header it says `flyc`.
const FORMAT: Format = Format { application: 0x666c_7963, latest: 1 };

const TABLES: &str = "
    CREATE TABLE results(
        result INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        -- Microseconds since 1970, both.
        computed INTEGER NOT NULL,
        used INTEGER NOT NULL,
        -- XXH3, 128 bits, of key, time and text.
        checksum BLOB NOT NULL,
        output TEXT NOT NULL
    ) STRICT;
    CREATE INDEX results_by_use ON results(used);
    ";

/// The largest result that is kept, in bytes.
const LARGEST: usize = 16 << 20;

/// What is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultsContents {
    /// How many results.
    pub results: u64,
    /// What they take on the disk, in bytes.
    pub bytes: u64,
}

#[derive(Debug)]
pub(super) struct Database(Connection);

impl Database {
    /// Opens the database that is there; `None` where nothing is in it yet, as another process is about to make it.
    ///
    /// # Errors
    /// It is none, another program's, a newer version's, damaged, or can't be used.
    pub(super) fn existing(path: &Path) -> Result<Option<Self>, HistoryError> {
        let failed = |error| HistoryError::of(path, error);
        let mut connection = connect(path, OpenFlags::empty()).map_err(failed)?;
        let is_made = FORMAT.version(&connection.transaction().map_err(failed)?, path)? > 0;
        Ok(is_made.then_some(Self(connection)))
    }

    /// Opens the database to write; it is made where it is missing.
    ///
    /// # Errors
    /// As [`Database::existing`].
    pub(super) fn made(path: &Path) -> Result<Self, HistoryError> {
        let failed = |error| HistoryError::of(path, error);
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE).map_err(failed)?;
        // Before anything is changed that may be another program's.
        FORMAT.version(&connection.transaction().map_err(failed)?, path)?;
        database::log_ahead(&connection).map_err(failed)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Another process may have done it in the meantime.
        if FORMAT.version(&transaction, path)? == 0 {
            transaction.execute_batch(TABLES).map_err(failed)?;
            FORMAT.mark(&transaction).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        Ok(Self(connection))
    }

    /// The result of this key; `None` also where what is kept is not what was written.
    pub(super) fn get(&self, key: &CacheKey) -> rusqlite::Result<Option<StoredResult>> {
        let mut query = self.0.prepare_cached("SELECT computed, checksum, output FROM results WHERE key = ?")?;
        let found = query.query_row([key.bytes()], |row| Ok(stored(key, row))).optional()?;
        Ok(found.flatten())
    }

    /// Writes what came, in one transaction, and removes what was used longest ago where it is too much.
    pub(super) fn write(&mut self, notes: &HashMap<CacheKey, Note>, max_size: u64) -> rusqlite::Result<()> {
        let largest = u64::try_from(LARGEST).unwrap_or(u64::MAX).min(max_size / 4);
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let used = time(now());
        for (key, note) in notes {
            match note {
                Note::Used => {
                    let mut update = transaction.prepare_cached("UPDATE results SET used = ? WHERE key = ?")?;
                    update.execute(params![used, key.bytes()])?;
                }
                Note::Put { result, .. } if result.output.as_str().len() as u64 <= largest => {
                    let (output, computed) = (result.output.as_str(), result.computed);
                    let checksum = checksum(key, computed, output.as_bytes());
                    let mut put = transaction.prepare_cached(
                        "INSERT INTO results(key, computed, used, checksum, output) VALUES (?1, ?2, ?3, ?4, ?5)
                        ON CONFLICT(key) DO UPDATE SET computed = ?2, used = ?3, checksum = ?4, output = ?5",
                    )?;
                    put.execute(params![key.bytes(), time(computed), used, checksum, output])?;
                }
                Note::Put { .. } | Note::Forget { .. } => {
                    transaction.prepare_cached("DELETE FROM results WHERE key = ?")?.execute([key.bytes()])?;
                }
            }
        }
        let removed = make_room(&transaction, max_size)?;
        transaction.commit()?;
        if removed { self.give_back() } else { Ok(()) }
    }

    pub(super) fn contents(&self) -> rusqlite::Result<ResultsContents> {
        let results = self.0.query_row("SELECT count(*) FROM results", [], |row| row.get::<_, i64>(0))?;
        let bytes = if results == 0 { 0 } else { size(&self.0)? };
        Ok(ResultsContents { results: u64::try_from(results).unwrap_or_default(), bytes })
    }

    /// Removes all there is, and tells what it was.
    pub(super) fn clear(self) -> rusqlite::Result<ResultsContents> {
        let contents = self.contents()?;
        self.0.execute("DELETE FROM results", [])?;
        self.give_back()?;
        // Where others read it, the log stays as long as it is.
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(contents)
    }

    /// Makes the file shorter by the pages that are free.
    fn give_back(&self) -> rusqlite::Result<()> {
        let mut vacuum = self.0.prepare("PRAGMA incremental_vacuum")?;
        let mut rows = vacuum.query([])?;
        while rows.next()?.is_some() {}
        Ok(())
    }
}

fn connect(path: &Path, more: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = database::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | more)?;
    // What a loss of power takes is computed again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    Ok(connection)
}

fn stored(key: &CacheKey, row: &Row<'_>) -> Option<StoredResult> {
    let computed = u64::try_from(row.get::<_, i64>(0).ok()?).ok()?;
    let output = row.get_ref(2).ok()?.as_bytes().ok()?;
    if row.get_ref(1).ok()?.as_blob().ok()? != checksum(key, computed, output) {
        return None;
    }
    Some(StoredResult { output: String::from_utf8(output.to_vec()).ok()?, computed })
}

fn checksum(key: &CacheKey, computed: u64, output: &[u8]) -> [u8; 16] {
    let mut hash = XxHash3_128::new();
    hash.write(key.bytes());
    hash.write(&computed.to_le_bytes());
    hash.write(output);
    hash.finish_128().to_le_bytes()
}

/// Removes what was used longest ago until the rest takes some less than `max_size`; tells whether there was anything.
fn make_room(connection: &Connection, max_size: u64) -> rusqlite::Result<bool> {
    if size(connection)? <= max_size {
        return Ok(false);
    }
    let enough = max_size - max_size / 16;
    let mut remove = connection.prepare_cached(
        "DELETE FROM results WHERE result = (SELECT result FROM results ORDER BY used, result LIMIT 1)",
    )?;
    while size(connection)? > enough && remove.execute([])? > 0 {}
    Ok(true)
}

/// What is in use of the file, in bytes.
fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let bytes = (number("page_count")? - number("freelist_count")?) * number("page_size")?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

fn time(micros: u64) -> i64 {
    i64::try_from(micros).unwrap_or(i64::MAX)
}
