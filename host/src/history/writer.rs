//! The thread that writes: batch by batch, each in one transaction.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use crate::history::inbox::{Batch, Entry, Inbox};
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
struct Place {
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

    /// Writes until there is nothing more to come.
    pub(super) fn work(mut self) {
        let mut place = match Place::open(&self.home, self.durable) {
            Ok(place) => place,
            Err(error) => return self.give_up(&error),
        };
        let mut looked = Instant::now();
        loop {
            let batch = self.inbox.take(LOOK);
            let last = batch.as_ref().is_some_and(|batch| batch.last);
            if let Some(batch) = batch {
                let number = self.read(batch);
                match self.write(&mut place) {
                    Ok(()) => self.broken = false,
                    Err(error) => self.lose(&error),
                }
                self.inbox.written(number);
            }
            if last {
                return;
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                self.abort_what_is_to_be(&place);
            }
            self.tidy(&mut place);
            if !self.runs.is_empty() {
                self.inbox.gather(GATHER);
            }
        }
    }

    /// Says that nothing is recorded, and takes what comes for nothing.
    fn give_up(self, error: &HistoryError) {
        self.inbox.lost_all(&error.told());
        (self.problem)(error);
        loop {
            let Some(batch) = self.inbox.take(LOOK) else { continue };
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
            run.number.is_some() && !run.is_over()
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

    /// Removes what is too much, as long as there is nothing else to do.
    fn tidy(&mut self, place: &mut Place) {
        while self.inbox.is_idle() {
            // What can't be removed now is removed later, by this process or another.
            if !matches!(self.keeper.step(&mut place.database, &mut place.owners, &mut place.values), Ok(true)) {
                return;
            }
        }
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
    fn open(home: &std::path::Path, durable: bool) -> Result<Self, HistoryError> {
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
        for run in runs.values_mut() {
            row::write(&transaction, run, self.owner.name(), &mut self.kinds, &mut self.values, durable)?;
        }
        Ok(transaction.commit()?)
    }

    fn is_to_be_aborted(&self, run: i64) -> bool {
        let asked = self.database.prepare_cached("SELECT abort FROM runs WHERE run = ?");
        asked.and_then(|mut asked| asked.query_row([run], |row| row.get(0))).unwrap_or(false)
    }
}
