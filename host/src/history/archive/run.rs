//! A run as it was recorded.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, Row};

use crate::history::archive::action::read_usage;
use crate::history::{StoredLimits, code};
use crate::run::{Limits, Phase, RunStats};

/// A run as it was recorded.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunRecord {
    /// Its number in the database.
    pub(in crate::history) number: i64,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Labels to find it by.
    pub labels: BTreeMap<String, String>,
    /// The root's task.
    pub task: String,
    /// When it began.
    pub started: SystemTime,
    /// How long it took; `None` where it goes on, or was lost.
    pub elapsed: Option<Duration>,
    /// The root's phase; one that was lost is aborted.
    pub phase: Phase,
    /// Whether its process ended before it did.
    pub lost: bool,
    /// The id of the run that it recovers.
    pub recovers: Option<String>,
    /// How to start it again, in the words of who started it.
    pub request: Option<String>,
    /// What was granted to it.
    pub granted: Vec<String>,
    /// Its limits, as a JSON object: times in seconds, sizes in bytes.
    pub limits: String,
    /// The seed, where clocks and randomness were fixed.
    pub seed: Option<u64>,
    /// How many records of it had to be dropped.
    pub dropped: u64,
    /// What it used.
    pub stats: RunStats,
}

impl RunRecord {
    /// Whether it has not ended.
    pub fn goes_on(&self) -> bool {
        self.elapsed.is_none() && !self.lost
    }

    /// Those of its limits that are not what they are by default, by their names in [`Limits`]: times in seconds, sizes in
    /// bytes, `None` for no limit.
    pub fn special_limits(&self) -> Vec<(String, Option<f64>)> {
        type Told = BTreeMap<String, Option<f64>>;
        let read = |text: &str| serde_json::from_str::<Told>(text).unwrap_or_default();
        let usual = read(&StoredLimits::of(&Limits::default()).to_text());
        read(&self.limits).into_iter().filter(|(name, limit)| usual.get(name) != Some(limit)).collect()
    }
}

pub(super) fn read(
    row: &Row<'_>,
    lives: impl FnOnce(&str) -> bool,
    database: &Connection,
) -> rusqlite::Result<RunRecord> {
    let number: i64 = row.get("run")?;
    let elapsed: Option<i64> = row.get("elapsed")?;
    let owner: String = row.get("owner")?;
    let lost = elapsed.is_none() && !lives(&owner);
    let phase = code::phase(row.get("phase")?).unwrap_or(Phase::Aborted);
    let granted: String = row.get("granted")?;
    let count = |name: &str| row.get::<_, i64>(name).map(i64::cast_unsigned);
    Ok(RunRecord {
        number,
        id: row.get("id")?,
        name: row.get("name")?,
        labels: labels(number, database)?,
        task: row.get("task")?,
        started: SystemTime::UNIX_EPOCH + code::time(row.get("started")?),
        elapsed: elapsed.map(code::time),
        phase: if lost { Phase::Aborted } else { phase },
        lost,
        recovers: row.get("recovers")?,
        request: row.get("request")?,
        granted: serde_json::from_str(&granted).unwrap_or_default(),
        limits: row.get("limits")?,
        seed: row.get::<_, Option<i64>>("seed")?.map(i64::cast_unsigned),
        dropped: count("dropped")?,
        stats: RunStats {
            actions: count("actions")?,
            attempts: count("attempts")?,
            cached: count("cached")?,
            recovered: count("recovered")?,
            failed: count("failed")?,
            aborted: count("aborted")?,
            denials: count("denials")?,
            usage: read_usage(row)?.unwrap_or_default(),
        },
    })
}

fn labels(run: i64, database: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut select = database.prepare_cached("SELECT key, value FROM labels WHERE run = ?")?;
    select.query_map([run], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
