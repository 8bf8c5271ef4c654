//! What keeps the history from growing: old runs go, bit by bit, while nothing is to be written.

use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, params};

use crate::history::owner::Owners;
use crate::history::removal::Removed;
use crate::history::row::Stopped;
use crate::history::values::Values;
use crate::history::{code, removal};

/// How many runs are kept, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The latest so many.
    pub runs: u64,
    /// Those that began no longer ago.
    pub age: Duration,
}

/// How often one looks for runs that are too many or too old.
const LOOK: Duration = Duration::from_secs(60);
/// How many rows are removed at once: a millisecond or two.
const ROWS: u32 = 300;
/// More pages than these are given back; fewer are used again soon.
const FREE: i64 = 2000;
/// How many are given back at once.
const PAGES: u32 = 50;
/// How many runs are found at once.
const FOUND: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Keeper {
    retention: Option<Retention>,
    looked: Option<Instant>,
    /// Runs that are to go, by number and id, the next one last.
    going: Vec<(i64, String)>,
    /// Whether there may be files and pages that nobody needs.
    untidy: bool,
}

impl Keeper {
    pub(super) fn keep(&mut self, retention: Retention) {
        self.retention = Some(retention);
    }

    /// Removes a little, where something is to be removed; tells whether there is more.
    pub(super) fn step(
        &mut self,
        database: &mut Connection,
        owners: &mut Owners,
        values: &mut Values,
    ) -> Result<bool, Stopped> {
        let Some(retention) = self.retention else { return Ok(false) };
        if let Some((run, id)) = self.going.last() {
            if removal::step(database, owners, *run, id, ROWS)? != Removed::Some {
                self.going.pop();
                self.untidy = true;
            }
            return Ok(true);
        }
        if std::mem::take(&mut self.untidy) {
            removal::sweep(database, values)?;
            // There may be more runs than were found at once.
            self.looked = None;
            return Ok(true);
        }
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.looked = Some(Instant::now());
            owners.clear();
            self.going = found(database, retention, owners)?;
            return Ok(!self.going.is_empty());
        }
        if removal::free_pages(database)? > FREE {
            removal::shrink(database, PAGES)?;
            return Ok(true);
        }
        Ok(false)
    }
}

/// Runs that are too many or too old, the oldest last; none that goes on, or that one that goes on recovers.
fn found(database: &Connection, retention: Retention, owners: &mut Owners) -> rusqlite::Result<Vec<(i64, String)>> {
    let oldest = SystemTime::now().checked_sub(retention.age).map(code::moment);
    let wanted = removal::wanted(database, owners)?;
    let mut select = database.prepare_cached(
        "SELECT run, id, owner, elapsed FROM runs
         WHERE started < ?1 OR run <= (SELECT run FROM runs ORDER BY run DESC LIMIT 1 OFFSET ?2)
         ORDER BY run",
    )?;
    let most = i64::try_from(retention.runs).unwrap_or(i64::MAX);
    let mut rows = select.query(params![oldest.unwrap_or_default(), most])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(1)?;
        let has_ended = row.get::<_, Option<i64>>(3)?.is_some();
        if !wanted.contains(&id) && (has_ended || !owners.lives(&row.get::<_, String>(2)?)) {
            found.push((row.get(0)?, id));
        }
        if found.len() == FOUND {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Home;
    use crate::history::owner::Owner;
    use crate::history::schema::Access;

    #[test]
    fn what_a_run_that_goes_on_recovers_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("home")).unwrap();
        let database = home.connect(Access::Record { durable: false }).unwrap();
        let (living, mut owners) = (Owner::begin(&home).unwrap(), Owners::of(&home));
        for (id, recovers, elapsed, owner) in [
            ("a", None, Some(1), "1-dead"),
            ("b", Some("a"), Some(1), "1-dead"),
            ("c", Some("b"), None, living.name()),
            ("d", None, Some(1), "1-dead"),
            ("e", Some("d"), None, "1-dead"),
        ] {
            let insert = "INSERT INTO runs(id, task, started, elapsed, phase, owner, recovers, granted, limits)
                VALUES(?, 't', 0, ?, 2, ?, ?, '[]', '{}')";
            database.execute(insert, params![id, elapsed, owner, recovers]).unwrap();
        }
        let retention = Retention { runs: 0, age: Duration::from_nanos(1) };
        let mut ids = || -> Vec<String> {
            found(&database, retention, &mut owners).unwrap().into_iter().map(|(_, id)| id).collect()
        };
        assert_eq!(ids(), ["e", "d"]);
        database.execute("UPDATE runs SET elapsed = 1 WHERE id = 'c'", []).unwrap();
        assert_eq!(ids(), ["e", "d", "c", "b", "a"]);
    }

    #[test]
    fn many_that_go_on_do_not_keep_those_that_have_ended() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("home")).unwrap();
        let database = home.connect(Access::Record { durable: false }).unwrap();
        let (living, mut owners) = (Owner::begin(&home).unwrap(), Owners::of(&home));
        for number in 0..2 * FOUND {
            let elapsed = (number >= FOUND).then_some(1);
            let insert = "INSERT INTO runs(id, task, started, elapsed, phase, owner, granted, limits)
                VALUES(?, 't', 0, ?, 2, ?, '[]', '{}')";
            database.execute(insert, params![number.to_string(), elapsed, living.name()]).unwrap();
        }
        let retention = Retention { runs: 0, age: Duration::from_nanos(1) };
        assert_eq!(found(&database, retention, &mut owners).unwrap().len(), FOUND);
    }

    #[test]
    fn locks_of_processes_that_died_are_cleared_away() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("home")).unwrap();
        let (living, mut owners) = (Owner::begin(&home).unwrap(), Owners::of(&home));
        let live = home.path().join("live");
        std::fs::write(live.join("1-dead"), "").unwrap();
        owners.clear();
        let left: Vec<_> = std::fs::read_dir(live).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [living.name()]);
    }
}
