//! The thread that writes: batch by batch, each in one transaction.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use crate::history::entry::Entry;
use crate::history::inbox::{Batch, Inbox};
use crate::history::keeper::Keeper;
use crate::history::open_run::OpenRun;
use crate::history::owner::{Owner, Owners};
use crate::history::row::{self, Kinds, Stopped};
use crate::history::schema::Access;
use crate::history::values::Values;
use crate::history::{Durability, HistoryError, Home, RunNote};
use crate::run::{AbortHandle, RunEvent, RunId};

/// How long a batch gathers, where nobody waits for it.
const GATHER: Duration = Duration::from_millis(25);
/// How often one looks whether somebody wants a run aborted.
const LOOK: Duration = Duration::from_millis(250);
/// How long one goes on trying to write.
const PERSISTENCE: Duration = Duration::from_secs(30);
/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// Who is told why nothing is recorded.
type Problem = Box<dyn Fn(&HistoryError) + Send>;

pub(super) struct Writer {
    home: PathBuf,
    durable: bool,
    inbox: Arc<Inbox>,
    problem: Problem,
    /// What is known of runs that have not begun.
    notes: HashMap<RunId, (RunNote, AbortHandle)>,
    runs: HashMap<RunId, OpenRun>,
    /// Whether the last batch could not be written.
    broken: bool,
    keeper: Keeper,
}

/// What it writes into.
pub(super) struct Place {
    path: PathBuf,
    database: Connection,
    owner: Owner,
    owners: Owners,
    kinds: Kinds,
    values: Values,
}

impl Writer {
    pub(super) fn new(home: PathBuf, durability: Durability, inbox: Arc<Inbox>, problem: Problem) -> Self {
        let durable = durability == Durability::Durable;
        Self {
            home,
            durable,
            inbox,
            problem,
            notes: HashMap::new(),
            runs: HashMap::new(),
            broken: false,
            keeper: Keeper::default(),
        }
    }

    /// Writes until there is nothing more to come, into `place` if that is open already.
    pub(super) fn work(mut self, place: Option<Place>) {
        let mut first = None;
        // A home that is not there is made once there is something to be recorded.
        while place.is_none() && first.is_none() && !self.home.exists() {
            match self.inbox.take(LOOK) {
                Some(batch) if batch.last && batch.entries.is_empty() => return self.inbox.written(batch.number),
                Some(batch) if batch.entries.is_empty() => self.inbox.written(batch.number),
                batch => first = batch,
            }
        }
        let mut place = match place.map_or_else(|| Place::open(&self.home, self.durable), Ok) {
            Ok(place) => place,
            Err(error) => return self.give_up(&error, first),
        };
        let (mut looked, mut patience) = (Instant::now(), LOOK);
        loop {
            let batch = first.take().or_else(|| self.inbox.take(patience));
            let last = batch.as_ref().is_some_and(|batch| batch.last);
            let number = batch.map(|batch| self.read(batch));
            // What could not be written is not forgotten: how runs ended is written once that can be.
            if number.is_some() || self.broken && !self.runs.is_empty() {
                match self.write(&mut place) {
                    Ok(()) => self.broken = false,
                    Err(error) => self.lose(&error),
                }
            }
            if let Some(number) = number {
                self.inbox.written(number);
            }
            if last {
                return;
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                self.abort_what_is_to_be(&place);
            }
            let untidy = self.tidy(&mut place, looked);
            patience = if untidy { Duration::ZERO } else { LOOK };
            if !self.runs.is_empty() {
                self.inbox.gather(GATHER);
            }
        }
    }

    /// Says that nothing is recorded, and takes what comes for nothing.
    fn give_up(self, error: &HistoryError, mut first: Option<Batch>) {
        self.inbox.lost_all(&error.told());
        (self.problem)(error);
        loop {
            let Some(batch) = first.take().or_else(|| self.inbox.take(LOOK)) else { continue };
            self.inbox.written(batch.number);
            if batch.last {
                return;
            }
        }
    }

    /// Goes on without what could not be written: what comes later may be.
    fn lose(&mut self, error: &HistoryError) {
        let why = error.told().into();
        if !std::mem::replace(&mut self.broken, true) {
            (self.problem)(error);
        }
        self.runs.retain(|id, run| {
            run.lose();
            // Who waits for something of it must not take it for kept, also later.
            self.inbox.lost(id, &why);
            if run.is_over() {
                self.inbox.forget(id);
            }
            // Of one that has no row yet, nothing will be known.
            run.number.is_some()
        });
    }

    /// Takes in what came; tells how many entries there were up to then.
    fn read(&mut self, batch: Batch) -> u64 {
        for entry in batch.entries {
            match entry {
                Entry::Begin { run, note, abort } => {
                    self.notes.insert(run, (*note, abort));
                }
                Entry::Keep(retention) => self.keeper.keep(retention),
                Entry::Dropped(run) => {
                    if let Some(open) = self.runs.get_mut(&run) {
                        open.dropped();
                    }
                }
                Entry::Event(at, event @ RunEvent::RunStarted { .. }) => {
                    let RunEvent::RunStarted { run, .. } = &event else { continue };
                    let Some((note, abort)) = self.notes.remove(run) else { continue };
                    if let Some(open) = OpenRun::begin(&event, note, abort, at) {
                        self.runs.insert(open.id.clone(), open);
                    }
                }
                Entry::Event(at, event) => {
                    if matches!(event, RunEvent::RunEnded { .. }) {
                        self.inbox.forget(event.run());
                    }
                    if let Some(open) = self.runs.get_mut(event.run()) {
                        open.event(at, event);
                    }
                }
            }
        }
        batch.number
    }

    /// Writes what is new, in one transaction. Where another process keeps the database locked, it tries again for a
    /// while; where runs wait for it, they learn sooner.
    fn write(&mut self, place: &mut Place) -> Result<(), HistoryError> {
        let since = Instant::now();
        loop {
            let error = match place.write(&mut self.runs, self.durable) {
                Ok(()) => break,
                Err(error) => error,
            };
            let may_pass = matches!(error, HistoryError::Locked { .. });
            if !may_pass || self.durable || since.elapsed() >= PERSISTENCE {
                return Err(error);
            }
            std::thread::sleep(PAUSE);
        }
        self.runs.retain(|_, run| {
            run.written();
            !run.is_over()
        });
        Ok(())
    }

    /// Removes what is too much, as long as there is nothing else to do; tells whether there is more of it.
    fn tidy(&mut self, place: &mut Place, looked: Instant) -> bool {
        while self.inbox.is_idle() {
            // What can't be removed now is removed later, by this process or another.
            if !matches!(self.keeper.step(&mut place.database, &mut place.owners, &mut place.values), Ok(true)) {
                return false;
            }
            if looked.elapsed() >= LOOK {
                return true;
            }
        }
        false
    }

    fn abort_what_is_to_be(&self, place: &Place) {
        for run in self.runs.values() {
            if run.number.is_some_and(|number| place.is_to_be_aborted(number)) {
                run.abort.abort();
            }
        }
    }
}

impl Place {
    pub(super) fn open(home: &Path, durable: bool) -> Result<Self, HistoryError> {
        let home = Home::open(home)?;
        let database = home.connect(Access::Record { durable })?;
        database.set_prepared_statement_cache_capacity(32);
        let owner = Owner::begin(&home)?;
        let (owners, values) = (Owners::of(&home), Values::of(&home));
        Ok(Self { path: home.database(), database, owner, owners, kinds: Kinds::default(), values })
    }

    fn write(&mut self, runs: &mut HashMap<RunId, OpenRun>, durable: bool) -> Result<(), HistoryError> {
        let new: Vec<RunId> = runs.values().filter(|run| run.number.is_none()).map(|run| run.id.clone()).collect();
        let written = self.transact(runs, durable);
        if written.is_err() {
            // Numbers that were given are gone with the transaction.
            self.kinds = Kinds::default();
            for run in new {
                if let Some(run) = runs.get_mut(&run) {
                    run.number = None;
                }
            }
        }
        written.map_err(|stopped| match stopped {
            Stopped::Database(error) => HistoryError::of(&self.path, error),
            Stopped::Other(error) => error,
        })
    }

    fn transact(&mut self, runs: &mut HashMap<RunId, OpenRun>, durable: bool) -> Result<(), Stopped> {
        if runs.is_empty() {
            return Ok(());
        }
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Those that began together get their numbers in the order in which they did.
        let mut runs: Vec<&mut OpenRun> = runs.values_mut().collect();
        runs.sort_by_key(|run| run.began);
        for run in runs {
            row::write(&transaction, run, self.owner.name(), &mut self.kinds, &mut self.values, durable)?;
        }
        Ok(transaction.commit()?)
    }

    fn is_to_be_aborted(&self, run: i64) -> bool {
        let asked = self.database.prepare_cached("SELECT abort FROM runs WHERE run = ?");
        asked.and_then(|mut asked| asked.query_row([run], |row| row.get(0))).unwrap_or(false)
    }
}
