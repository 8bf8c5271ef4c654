//! Runs that are removed: in small steps, as others write meanwhile.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::history::code::keys;
use crate::history::owner::Owners;
use crate::history::row::Stopped;
use crate::history::values::Values;

/// The tables with rows of a run, and their keys.
const TABLES: [(&str, &str); 5] = [
    ("action_values", "action"),
    ("actions", "action"),
    ("attempts", "action"),
    ("deliveries", "delivery"),
    ("logs", "line"),
];

/// How much of a run was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removed {
    /// Something is left.
    Some,
    /// Nothing is left.
    All,
    /// Nothing more is to go: one that goes on recovers it by now.
    Wanted,
}

/// Removes some `most` of a run's rows in one transaction. Its own row goes last: a run of which something is left can be
/// removed still, and its number is nobody else's.
pub(super) fn step(
    database: &mut Connection,
    owners: &mut Owners,
    run: i64,
    id: &str,
    most: u32,
) -> rusqlite::Result<Removed> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (first, last) = keys(run);
    let mut left = most as usize;
    let is_it =
        transaction.prepare_cached("SELECT 1 FROM runs WHERE run = ? AND id = ?")?.exists(params![run, id])?;
    if !is_it {
        return Ok(Removed::All);
    }
    if wanted(&transaction, owners)?.contains(id) {
        return Ok(Removed::Wanted);
    }
    for (table, column) in TABLES {
        let within = format!("FROM {table} WHERE {column} BETWEEN ? AND ?");
        let bound = format!("SELECT {column} {within} ORDER BY {column} LIMIT 1 OFFSET {}", left - 1);
        let bound: Option<i64> = transaction.query_row(&bound, [first, last], |row| row.get(0)).optional()?;
        left =
            left.saturating_sub(transaction.execute(&format!("DELETE {within}"), [first, bound.unwrap_or(last)])?);
        if bound.is_some() || left == 0 {
            transaction.commit()?;
            return Ok(Removed::Some);
        }
    }
    transaction.prepare_cached("DELETE FROM labels WHERE run = ?")?.execute([run])?;
    transaction.prepare_cached("DELETE FROM runs WHERE run = ?")?.execute([run])?;
    transaction.commit()?;
    Ok(Removed::All)
}

/// The ids of the runs whose results those that go on may take over: what they recover, what that recovered, and so on.
pub(super) fn wanted(database: &Connection, owners: &mut Owners) -> rusqlite::Result<HashSet<String>> {
    let sql = "SELECT recovers, owner FROM runs WHERE elapsed IS NULL AND recovers IS NOT NULL";
    let mut recovering = database.prepare_cached(sql)?;
    let mut recovered = database.prepare_cached("SELECT recovers FROM runs WHERE id = ?")?;
    let mut wanted = HashSet::new();
    let mut rows = recovering.query([])?;
    while let Some(row) = rows.next()? {
        let mut next: Option<String> = row.get(0)?;
        if !owners.lives(&row.get::<_, String>(1)?) {
            continue;
        }
        while let Some(run) = next.take().filter(|run| !wanted.contains(run)) {
            next = recovered.query_row([&run], |row| row.get(0)).optional()?.flatten();
            wanted.insert(run);
        }
    }
    Ok(wanted)
}

/// Removes the files of values that nobody needs any more. Who writes one does so within a transaction, and there is none but
/// this one meanwhile.
pub(super) fn sweep(database: &mut Connection, values: &mut Values) -> Result<(), Stopped> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut select = transaction.prepare_cached(
            "SELECT 1 FROM action_values WHERE inputs_file = ?1 UNION ALL SELECT 1 FROM action_values WHERE output_file = ?1",
        )?;
        let is_needed = |digest: &[u8; 32]| select.exists([digest]);
        values.sweep(is_needed)?;
    }
    Ok(transaction.commit()?)
}

/// Gives so many of the pages that removed rows have left back, if there are any.
pub(super) fn shrink(database: &Connection, pages: u32) -> rusqlite::Result<()> {
    // It tells a row for each page.
    let mut vacuum = database.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// How many pages removed rows have left.
pub(super) fn free_pages(database: &Connection) -> rusqlite::Result<i64> {
    database.pragma_query_value(None, "freelist_count", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Home;
    use crate::history::code::key;
    use crate::history::owner::Owner;
    use crate::history::schema::Access;

    #[test]
    fn a_run_goes_in_steps_and_its_own_row_last() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("home")).unwrap();
        let mut database = home.connect(Access::Record { durable: false }).unwrap();
        let (living, mut owners) = (Owner::begin(&home).unwrap(), Owners::of(&home));
        for run in [1, 2] {
            let insert = "INSERT INTO runs(run, id, task, started, elapsed, phase, owner, granted, limits)
                VALUES(?1, 'r' || ?1, 't', 0, 1, 2, 'o', '[]', '{}')";
            database.execute(insert, [run]).unwrap();
            database.execute("INSERT INTO labels VALUES(?, 'k', 'v')", [run]).unwrap();
            for row in 0..10 {
                let attempt = "INSERT INTO attempts VALUES(?, ?, NULL, 1, '{}')";
                // All of one action: they go together.
                database.execute(attempt, [key(run, 0), row]).unwrap();
                database
                    .execute("INSERT INTO logs VALUES(?, 0, 0, 1, 'x')", [key(run, row.cast_unsigned())])
                    .unwrap();
                let value = "INSERT INTO action_values VALUES(?, '{}', NULL, NULL, NULL)";
                database.execute(value, [key(run, row.cast_unsigned())]).unwrap();
            }
        }
        let another = step(&mut database, &mut owners, 1, "another", 3).unwrap();
        assert_eq!(another, Removed::All, "the number is somebody else's by now");
        let count = |database: &Connection, table: &str| -> i64 {
            database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        let mut steps = 0;
        while step(&mut database, &mut owners, 1, "r1", 3).unwrap() == Removed::Some {
            steps += 1;
            assert_eq!(count(&database, "runs"), 2);
        }
        assert!(steps >= 7, "{steps}");
        // One that goes on begins to recover the other meanwhile.
        let recovers = "INSERT INTO runs(id, task, started, phase, owner, recovers, granted, limits)
            VALUES('r3', 't', 0, 1, ?, 'r2', '[]', '{}')";
        database.execute(recovers, [living.name()]).unwrap();
        assert_eq!(step(&mut database, &mut owners, 2, "r2", 3).unwrap(), Removed::Wanted);
        for (table, left) in [("runs", 2), ("labels", 1), ("attempts", 10), ("logs", 10), ("action_values", 10)] {
            assert_eq!(count(&database, table), left, "{table}");
        }
    }
}
