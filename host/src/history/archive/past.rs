//! What a run's actions invoked and got, as a run that takes over its results wants it.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Row, params};

use crate::history::HistoryError;
use crate::history::archive::{Archive, IS_THERE, RunRecord};
use crate::history::code::{self, keys};
use crate::run::{ActionId, Kept, Past, PastCall, PastDelivery, Phase};

/// The largest output that is read without anybody noticing, in bytes.
const SMALL: i64 = 64 << 10;

/// An action as it was invoked.
struct Invoked {
    parent: Option<ActionId>,
    attempt: u32,
    attempts: u32,
    call: PastCall,
}

/// The task and the rights of each kind.
type Kinds = HashMap<i64, (Arc<str>, Arc<[String]>)>;

/// What an action's attempts did, as far as it is read.
#[derive(Default)]
struct Attempts {
    calls: Vec<(u32, PastCall)>,
    deliveries: Vec<(u32, PastDelivery)>,
}

impl Archive {
    /// What each action of a run did that invoked others, by the action.
    pub(in crate::history) fn pasts(&self, run: &RunRecord) -> Result<HashMap<ActionId, Past>, HistoryError> {
        let range = keys(run.number);
        let mut kinds = Kinds::new();
        let of_run = params![range.0, range.1, run.number, run.id];
        let invoked = self.many(&format!("{INVOKED} AND {IS_THERE} ORDER BY actions.action"), of_run, |row| {
            read(row, &mut kinds)
        })?;
        let mut numbers = HashMap::with_capacity(invoked.len());
        let mut last = HashMap::new();
        let mut parents: HashMap<ActionId, Attempts> = HashMap::new();
        for Invoked { parent, attempt, attempts, call } in invoked {
            numbers.insert(call.action, call.number);
            last.insert(call.action, attempts);
            if let Some(parent) = parent {
                parents.entry(parent).or_default().calls.push((attempt, call));
            }
        }
        self.each_delivery(run, |parent, attempt, first, count, calls| {
            // One whose first action was not written was not told of either.
            let Some(first) = numbers.get(&first).copied() else { return };
            let delivery = PastDelivery { first, count, calls };
            parents.entry(parent).or_default().deliveries.push((attempt, delivery));
        })?;
        let past = |(action, attempts)| {
            let last = last.get(&action).copied().unwrap_or_default();
            let past = of_last(last, attempts);
            // With a hole in the record, neither the order nor what is missing is known: what is there is told by what it is.
            let whole = run.dropped == 0;
            (action, if whole { past } else { Past { deliveries: Vec::new(), free_from: Some(0), ..past } })
        };
        Ok(parents.into_iter().map(past).collect())
    }
}

impl Archive {
    /// Each time results reached an attempt of an action, in order: the action, the attempt, the first of those whose results
    /// they were, how many, and how many invocations there had been.
    pub(crate) fn each_delivery(
        &self,
        run: &RunRecord,
        mut each: impl FnMut(ActionId, u32, ActionId, u64, u64),
    ) -> Result<(), HistoryError> {
        let range = keys(run.number);
        let sql = format!("{DELIVERED} AND {IS_THERE} ORDER BY delivery");
        let of_run = params![range.0, range.1, run.number, run.id];
        for (parent, attempt, first, count, calls) in self.many(&sql, of_run, delivery)? {
            each(parent, attempt, first, count, calls);
        }
        Ok(())
    }
}

const INVOKED: &str = "SELECT actions.action, parent, parent_attempt, call, actions.kind, task, phase, attempts,
         actions.inputs, octet_length(output), output_file IS NOT NULL, rights
     FROM actions JOIN kinds ON kinds.kind = actions.kind
         LEFT JOIN action_values ON action_values.action = actions.action
     WHERE actions.action BETWEEN ? AND ?";

const DELIVERED: &str =
    "SELECT parent, attempt, first, count, calls FROM deliveries WHERE delivery BETWEEN ? AND ?";

fn read(row: &Row<'_>, kinds: &mut Kinds) -> rusqlite::Result<Invoked> {
    let kind = row.get(4)?;
    let (task, rights) = match kinds.get(&kind) {
        Some(kind) => kind.clone(),
        None => {
            let rights: Vec<String> = serde_json::from_str(&row.get::<_, String>(11)?).unwrap_or_default();
            kinds.entry(kind).or_insert((row.get::<_, String>(5)?.into(), rights.into())).clone()
        }
    };
    let has_output = matches!(code::phase(row.get(6)?), Some(Phase::Succeeded | Phase::Recovered));
    let answer = match (row.get::<_, Option<i64>>(9)?, row.get::<_, Option<bool>>(10)?) {
        (Some(size), _) if has_output => {
            if size <= SMALL {
                Kept::Small
            } else {
                Kept::Large
            }
        }
        (None, Some(true)) if has_output => Kept::Large,
        _ => Kept::Nothing,
    };
    Ok(Invoked {
        parent: row.get::<_, Option<i64>>(1)?.map(|parent| ActionId(parent.cast_unsigned())),
        attempt: row.get(2)?,
        attempts: row.get(7)?,
        call: PastCall {
            number: row.get::<_, i64>(3)?.cast_unsigned(),
            action: code::action(row.get(0)?),
            task,
            inputs: row.get::<_, Option<[u8; 16]>>(8)?.map(u128::from_le_bytes),
            rights: Some(rights),
            answer,
        },
    })
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<(ActionId, u32, ActionId, u64, u64)> {
    let count = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    Ok((code::action(row.get(0)?), row.get(1)?, code::action(row.get(2)?), count(3)?, count(4)?))
}

fn of_last(last: u32, attempts: Attempts) -> Past {
    let of_last = |(attempt, _): &(u32, PastCall)| *attempt >= last;
    let (calls, spare): (Vec<_>, Vec<_>) = attempts.calls.into_iter().partition(of_last);
    let mut calls: Vec<PastCall> = calls.into_iter().map(|(_, call)| call).collect();
    calls.sort_by_key(|call| call.number);
    let deliveries = attempts.deliveries.into_iter().filter(|(attempt, _)| *attempt >= last);
    Past {
        calls,
        deliveries: deliveries.map(|(_, delivery)| delivery).collect(),
        free_from: None,
        // What was tried last comes first.
        spare: spare.into_iter().rev().map(|(_, call)| call).collect(),
    }
}
