//! An exported run, and one of its actions to be replayed.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;

use crate::history::StoredFailure;
use crate::record::Json;
use crate::replay::ReplayError;
use crate::replay::export::hex;
use crate::replay::file;
use crate::replay::manifest::{Action, Manifest};
use crate::replay::tree;
use crate::run::{
    ActionId, Earlier, Failure, Kept, Limits, Past, PastCall, PastDelivery, Phase, Replayed, Seed, TaskErrorKind,
};

/// An exported run, read and checked. It holds the whole file.
#[derive(Debug, Clone)]
pub struct ReplayFile(Arc<Contents>);

#[derive(Debug)]
struct Contents {
    manifest: Manifest,
    values: Vec<u8>,
    components: Vec<Arc<[u8]>>,
    /// The places of actions among those of the manifest, where each comes after its parent.
    places: HashMap<u64, usize>,
}

/// An action of an exported run, to be run again by itself.
#[derive(Debug, Clone)]
pub struct Replay(Arc<Target>);

#[derive(Debug)]
struct Target {
    contents: Arc<Contents>,
    action: Action,
    inputs: String,
    failure: StoredFailure,
    replayed: Replayed,
    past: Arc<Past>,
}

impl ReplayFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It can't be read, is none of ours, a newer one, cut short, or damaged.
    pub fn open(path: &Path) -> Result<Self, ReplayError> {
        let failed = |source| ReplayError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        Self::of(file::read(BufReader::new(file), size)?)
    }

    fn of(sections: Vec<(file::Tag, Vec<u8>)>) -> Result<Self, ReplayError> {
        let damaged = |what: &str| ReplayError::Damaged(what.to_owned());
        let (mut manifest, mut values, mut components) = (None, None, Vec::new());
        for (tag, bytes) in sections {
            match &tag {
                b"mani" if manifest.is_none() => manifest = Some(bytes),
                b"vals" if values.is_none() => values = Some(bytes),
                b"comp" => components.push(Arc::from(bytes)),
                _ => return Err(damaged("it has a section that should not be there")),
            }
        }
        let (Some(manifest), Some(values)) = (manifest, values) else {
            return Err(damaged("a section is missing"));
        };
        let manifest: Manifest = serde_json::from_slice(&manifest)
            .map_err(|error| ReplayError::Damaged(format!("what it says of its run: {error}")))?;
        let included: Vec<_> = manifest.components.iter().filter(|component| component.included).collect();
        let is_right =
            |(said, bytes): (&&super::manifest::Component, &Arc<[u8]>)| said.digest == hex(&Sha256::digest(bytes));
        if included.len() != components.len() || !included.iter().zip(&components).all(is_right) {
            return Err(damaged("its components are not those of its run"));
        }
        let places = tree::places(&manifest.actions, &manifest.deliveries).map_err(ReplayError::Damaged)?;
        Ok(Self(Arc::new(Contents { manifest, values, components, places })))
    }

    /// The id of the run.
    pub fn run(&self) -> &str {
        &self.0.manifest.run
    }

    /// What was granted to the run; of variables, the names.
    pub fn granted(&self) -> &[String] {
        &self.0.manifest.granted
    }

    /// The limits of the run, as far as they are an action's matter; none is above that of `most`, as a file may come
    /// from anybody.
    pub fn limits(&self, most: &Limits) -> Limits {
        self.0.manifest.limits(most)
    }

    /// The components that are in the file, with their names.
    pub fn components(&self) -> impl Iterator<Item = (&str, Arc<[u8]>)> {
        let included = self.0.manifest.components.iter().filter(|component| component.included);
        included.map(|component| component.name.as_str()).zip(self.0.components.iter().cloned())
    }

    /// The components that are not: their names, and their SHA-256 in hexadecimal.
    pub fn missing_components(&self) -> impl Iterator<Item = (&str, &str)> {
        let missing = self.0.manifest.components.iter().filter(|component| !component.included);
        missing.map(|component| (component.name.as_str(), component.digest.as_str()))
    }

    /// The action to replay where nobody says which: of those that failed, the first of the deepest; one that can't be
    /// replayed only where none can.
    ///
    /// # Errors
    /// None failed.
    pub fn first_cause(&self) -> Result<ActionId, ReplayError> {
        let mut depths: Vec<usize> = Vec::with_capacity(self.0.manifest.actions.len());
        let mut deepest: Option<((bool, usize), u64)> = None;
        for action in &self.0.manifest.actions {
            let parent = action.parent.and_then(|parent| self.0.places.get(&parent));
            let depth = parent.map_or(0, |parent| depths[*parent] + 1);
            depths.push(depth);
            let Some(failure) = failure(action) else { continue };
            let rank = (refusal(action, failure).is_none(), depth);
            if deepest.is_none_or(|(known, _)| known < rank) {
                deepest = Some((rank, action.id));
            }
        }
        let none = || ReplayError::NoAction(format!("no action of the run {} failed", self.run()));
        deepest.map(|(_, action)| ActionId(action)).ok_or_else(none)
    }

    /// An action that failed, to be run again.
    ///
    /// # Errors
    /// It did not fail, it never began, what ended it came from outside, or values that it needs are not in the file.
    pub fn replay(&self, action: ActionId) -> Result<Replay, ReplayError> {
        let contents = &self.0;
        let none = |what: &str| ReplayError::NoAction(format!("{action} of the run {} {what}", self.run()));
        let found = contents.action(action.0).ok_or_else(|| none("is not there"))?;
        let failure = failure(found).ok_or_else(|| none("did not fail"))?.clone();
        if let Some(refusal) = refusal(found, &failure) {
            return Err(refusal);
        }
        let inputs = found.inputs.and_then(|place| place.text(&contents.values));
        let inputs = inputs.ok_or_else(|| missing(found, "its inputs were".to_owned()))?.to_owned();
        let past = contents.past(found);
        let lost = past.calls.iter().find(|call| call.answer == Kept::Nothing);
        if let Some(lost) = lost {
            return Err(missing(found, format!("the output of {}, which it got, was", lost.action)));
        }
        let path = contents.path(found);
        let seed = contents.manifest.seed.map(|seed| {
            path.iter()
                .rev()
                .fold(Seed::of_run(seed), |seed, (attempt, call)| seed.of_attempt(*attempt).of_call(*call))
        });
        let replayed = Replayed {
            attempt: found.attempts,
            seed,
            depth: u32::try_from(path.len() + 1).unwrap_or(u32::MAX),
            max_runtime: found.max_runtime.map(Duration::from_nanos),
            // What was refused for want of actions is in no record: all that came after those that are is.
            most_calls: contents.manifest.is_exhausted().then_some(past.calls.len() as u64),
        };
        let (contents, action) = (Arc::clone(contents), found.clone());
        Ok(Replay(Arc::new(Target { contents, action, inputs, failure, replayed, past: Arc::new(past) })))
    }
}

/// How an action failed, if it did.
fn failure(action: &Action) -> Option<&StoredFailure> {
    let is_failed = [Phase::Failed, Phase::TimedOut].iter().any(|phase| phase.to_string() == action.phase);
    action.failure.as_ref().filter(|_| is_failed)
}

/// Limits of the whole run, of the host, and of who invoked an action, by the words with which their messages begin.
const FROM_OUTSIDE: [&str; 4] = ["within:", "deadline:", "actions:", "instances:"];

/// Why an action that failed can't be replayed, as far as it tells by itself.
fn refusal(action: &Action, failure: &StoredFailure) -> Option<ReplayError> {
    let (id, reason) = (ActionId(action.id), failure.message.clone());
    if action.attempts == 0 {
        return Some(ReplayError::NeverBegan { action: id, reason, parent: action.parent.map(ActionId) });
    }
    // A task may use these words, too.
    let is_limit = failure.to_task_error().kind == TaskErrorKind::Limit;
    if is_limit && FROM_OUTSIDE.iter().any(|limit| reason.starts_with(limit)) {
        return Some(ReplayError::Outside { action: id, reason });
    }
    action.inputs.is_none().then(|| missing(action, "its inputs were".to_owned()))
}

fn missing(action: &Action, what: String) -> ReplayError {
    ReplayError::Missing { action: ActionId(action.id), what }
}

impl Contents {
    fn action(&self, id: u64) -> Option<&Action> {
        self.places.get(&id).map(|place| &self.manifest.actions[*place])
    }

    /// The way from an action to the root: the attempt that invoked it and the number of the call, and so on.
    fn path(&self, action: &Action) -> Vec<(u32, u64)> {
        let mut path = Vec::new();
        let mut here = action;
        // A parent comes before its children, which was looked at, so that this ends.
        while let Some(parent) = here.parent.and_then(|id| self.action(id)) {
            path.push((here.parent_attempt, here.call));
            here = parent;
        }
        path
    }

    /// What the last attempt of an action did.
    fn past(&self, action: &Action) -> Past {
        let is_its = |parent: u64, attempt: u32| parent == action.id && attempt == action.attempts;
        let deliveries: Vec<_> =
            self.manifest.deliveries.iter().filter(|delivery| is_its(delivery.parent, delivery.attempt)).collect();
        let mut ranges: Vec<_> = deliveries.iter().map(|one| (one.first, one.count)).collect();
        ranges.sort_unstable();
        let reached = |id: u64| {
            let before = ranges.partition_point(|(first, _)| *first <= id);
            before.checked_sub(1).is_some_and(|at| id - ranges[at].0 < ranges[at].1)
        };
        let children = self
            .manifest
            .actions
            .iter()
            .filter(|child| child.parent == Some(action.id) && is_its(action.id, child.parent_attempt));
        let mut calls: Vec<PastCall> = children
            .map(|child| PastCall {
                number: child.call,
                action: ActionId(child.id),
                task: child.task.as_str().into(),
                inputs: child
                    .inputs
                    .and_then(|place| place.text(&self.values))
                    .map(|text| XxHash3_128::oneshot(text.as_bytes())),
                rights: None,
                answer: match (reached(child.id), child.output.is_some() || child.failure.is_some()) {
                    (false, _) => Kept::Never,
                    (true, true) => Kept::Small,
                    (true, false) => Kept::Nothing,
                },
            })
            .collect();
        calls.sort_by_key(|call| call.number);
        let number = |id: u64| self.action(id).map(|child| child.call);
        let deliveries = deliveries
            .iter()
            .filter_map(|one| Some(PastDelivery { first: number(one.first)?, count: one.count, calls: one.calls }));
        Past { calls, deliveries: deliveries.collect(), free_from: None, spare: Vec::new() }
    }
}

impl Replay {
    /// The action.
    pub fn action(&self) -> ActionId {
        ActionId(self.0.action.id)
    }

    /// Its task.
    pub fn task(&self) -> &str {
        &self.0.action.task
    }

    /// Its inputs, as JSON text.
    pub fn inputs(&self) -> &str {
        &self.0.inputs
    }

    /// How it failed.
    pub fn failure(&self) -> &StoredFailure {
        &self.0.failure
    }

    /// The seed of the run, where clocks and randomness were fixed.
    pub fn seed(&self) -> Option<u64> {
        self.0.contents.manifest.seed
    }

    /// Whether this is how it failed: of the same kind, in the same words.
    pub fn is_shown_by(&self, failure: &StoredFailure) -> bool {
        let told = |failure: &StoredFailure| {
            let details = failure.details.as_ref().map(|details| details.get().to_owned());
            (failure.kind.clone(), failure.message.clone(), failure.causes.clone(), details)
        };
        told(failure) == told(&self.0.failure)
    }

    /// Who is asked what happened then.
    pub(crate) fn earlier(&self) -> Arc<dyn Earlier> {
        Arc::clone(&self.0) as _
    }
}

impl Earlier for Target {
    fn root(&self) -> ActionId {
        ActionId(self.action.id)
    }

    fn replayed(&self) -> Option<Replayed> {
        Some(self.replayed)
    }

    fn past(&self, action: ActionId) -> Arc<Past> {
        if action == self.root() { Arc::clone(&self.past) } else { Arc::default() }
    }

    fn inputs(&self, action: ActionId) -> Result<Option<String>, String> {
        let place = self.contents.action(action.0).and_then(|action| action.inputs);
        Ok(place.and_then(|place| place.text(&self.contents.values)).map(str::to_owned))
    }

    fn answer(&self, action: ActionId) -> Result<Option<Result<Json, Failure>>, String> {
        let Some(action) = self.contents.action(action.0) else { return Ok(None) };
        if let Some(failure) = &action.failure {
            return Ok(Some(Err(Failure::Replayed(failure.to_task_error()))));
        }
        let text = action.output.and_then(|place| place.text(&self.contents.values));
        Ok(text.and_then(|text| Json::parse(text).ok()).map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::file::Sections;

    /// An action that failed.
    fn failed(id: u64, parent: Option<u64>, attempts: u32, kind: &str, message: &str) -> serde_json::Value {
        serde_json::json!({
            "id": id, "parent": parent, "parent_attempt": 1, "call": id, "task": "t", "phase": "failed",
            "attempts": attempts, "max_runtime": null, "inputs": { "at": 0, "bytes": 2 }, "output": null,
            "failure": { "kind": kind, "message": message },
        })
    }

    /// A file with these actions.
    fn opened(actions: &[serde_json::Value]) -> ReplayFile {
        let manifest = serde_json::json!({
            "run": "r", "host": "0", "seed": null, "limits": {}, "granted": [], "components": [],
            "actions": actions, "deliveries": [],
        });
        let mut sections = Sections::begin(Vec::new()).unwrap();
        sections.section(*b"mani", manifest.to_string().as_bytes()).unwrap();
        sections.section(*b"vals", b"{}").unwrap();
        let bytes = sections.end().unwrap();
        ReplayFile::of(file::read(bytes.as_slice(), bytes.len() as u64).unwrap()).unwrap()
    }

    #[test]
    fn the_first_of_the_deepest_is_the_cause() {
        let failed = |id, parent| failed(id, parent, 1, "task", "no");
        let file = opened(&[
            failed(0, None),
            failed(1, Some(0)),
            failed(2, Some(0)),
            failed(3, Some(2)),
            failed(4, Some(1)),
        ]);
        assert_eq!(file.first_cause().unwrap(), ActionId(3));
    }

    #[test]
    fn one_that_never_began_is_no_cause_and_its_parent_is_named() {
        let unknown = failed(2, Some(1), 0, "unknown-task", "there is no task `t`");
        let file = opened(&[
            failed(0, None, 1, "task", "no"),
            failed(1, Some(0), 1, "task", "no"),
            unknown.clone(),
            failed(3, Some(1), 1, "limit", "within: the action had not ended 1s after its invocation"),
        ]);
        assert_eq!(file.first_cause().unwrap(), ActionId(1));
        let refused = file.replay(ActionId(2)).unwrap_err().to_string();
        assert_eq!(refused, "a2 cannot be replayed: it never began: there is no task `t`; replay its parent a1");
        // Where there is nothing better, it is told why.
        let root = failed(0, None, 0, "unknown-task", "there is no task `t`");
        let file = opened(&[root]);
        let refused = file.replay(file.first_cause().unwrap()).unwrap_err().to_string();
        assert_eq!(refused, "a0 cannot be replayed: it never began: there is no task `t`");
    }

    #[test]
    fn what_a_task_says_of_limits_is_not_taken_for_one() {
        for limit in FROM_OUTSIDE {
            let refused = opened(&[failed(0, None, 1, "limit", limit)]).replay(ActionId(0)).unwrap_err();
            assert!(matches!(refused, ReplayError::Outside { .. }), "{refused}");
            opened(&[failed(0, None, 1, "task", limit)]).replay(ActionId(0)).unwrap();
        }
    }
}
