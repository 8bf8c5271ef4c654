//! An action that the earlier run had, too.

use std::sync::Arc;
use std::time::Duration;

use crate::record::Json;
use crate::run::earlier::{Divergence, Invocation, Kept, PastCall, Script};
use crate::run::plan::Told;
use crate::run::{AbortCause, ActionId, ActionScope, Failure, Limit, RunContext};

/// How long one is not told of a result that never comes. Most parents end at once without it, as they did then.
const SILENCE: Duration = Duration::from_secs(5);

/// An action that the earlier run had, too.
#[derive(Debug, Clone)]
pub(in crate::run) struct Recall {
    /// What its parent's attempt is to do.
    script: Arc<Script>,
    /// It, in the earlier run.
    action: ActionId,
    /// The number it had among its parent's invocations.
    pub(in crate::run) number: u64,
    kept: Kept,
    /// Whether it had the same rights.
    same_rights: bool,
}

impl Recall {
    /// Whose invocations are its own ones'; none where it may go another way.
    pub(in crate::run) fn counterpart(&self) -> Option<ActionId> {
        self.same_rights.then_some(self.action)
    }

    /// How it ended, where that is known.
    ///
    /// # Errors
    /// It can't be read.
    async fn read(&self) -> Result<Option<Result<Json, Failure>>, String> {
        let (earlier, action) = (Arc::clone(&self.script.earlier), self.action);
        match self.kept {
            Kept::Nothing | Kept::Never => Ok(None),
            Kept::Small => earlier.answer(action),
            Kept::Large => {
                let reading = tokio::task::spawn_blocking(move || earlier.answer(action));
                reading.await.unwrap_or_else(|lost| Err(lost.to_string()))
            }
        }
    }

    /// How it ended, where nothing is run: it waits for ever where that did not reach who waited for it, and says so after
    /// a while through `tell`, for the first one of its parent's. Whether something else is about to wake the parent can't
    /// be known.
    ///
    /// # Errors
    /// As it failed then, or it can't be read.
    pub(in crate::run) async fn replayed(&self, tell: impl FnOnce(String)) -> Result<Json, Failure> {
        if self.kept == Kept::Never {
            tokio::time::sleep(SILENCE).await;
            if self.script.tells_of_silence() {
                tell(format!(
                    "goes on without the result of {}, which did not reach it then; if it waits for that, it waits for ever",
                    self.action
                ));
            }
            std::future::pending::<()>().await;
        }
        let answer = self.read().await.unwrap_or_else(|reason| Some(Err(Failure::Host(reason))));
        answer.unwrap_or_else(|| Err(Failure::Host("its result was not kept".to_owned())))
    }

    /// How it ended; `None` where it has to be run again.
    ///
    /// # Errors
    /// It can't be read; the run does not go on then.
    pub(in crate::run) async fn answer(
        &self,
        run: &RunContext,
        fits: impl Fn(&Json) -> bool,
    ) -> Result<Option<Result<Json, Failure>>, Failure> {
        let answer = self.read().await.map_err(|reason| {
            let failure = Failure::Host(format!("the earlier run cannot be read: {reason}"));
            run.give_up(failure.clone());
            failure
        })?;
        // Another component may have another schema.
        let answer = answer.filter(|answer| answer.as_ref().map_or(true, fits));
        if answer.is_none() && self.kept != Kept::Nothing {
            self.script.set_free();
        }
        Ok(answer)
    }
}

impl Recall {
    /// Takes note of how it fails now. Where it had a result then, another thing reaches its parent, unless nothing does.
    pub(in crate::run) fn failed(&self, failure: &Failure) {
        if self.kept != Kept::Nothing && !matches!(failure, Failure::Aborted(_)) {
            self.script.set_free();
        }
    }
}

impl ActionScope {
    /// What an invocation of this attempt was in the earlier run, where that had it.
    ///
    /// # Errors
    /// It goes another way than then; the run does not go on.
    pub(in crate::run) fn recall(&self, number: u64, told: &Told, inputs: &str) -> Result<Option<Recall>, Failure> {
        let Some(script) = self.script() else { return Ok(None) };
        let Ok(found) = script.find(number, &told.task, inputs) else {
            let now = Invocation { task: told.task.to_string(), inputs: Some(self.masked(inputs.to_owned())) };
            return Err(self.diverged(script, number, script.expected(number), Some(now)));
        };
        Ok(found.map(|call| {
            let same_rights = call.had(&told.rights);
            if !same_rights {
                script.set_free();
            }
            Recall {
                script: Arc::clone(script),
                action: call.action,
                number: call.number,
                kept: if same_rights { call.answer } else { Kept::Nothing },
                same_rights,
            }
        }))
    }

    /// The same for invocations that follow one another, of which only the first `begun` come to be; none of them where there
    /// was no earlier run.
    ///
    /// # Errors
    /// As [`ActionScope::recall`].
    pub(in crate::run) fn recall_each(
        &self,
        first: u64,
        told: &Told,
        inputs: &[String],
        begun: usize,
    ) -> Result<Vec<Option<Recall>>, Failure> {
        let Some(script) = self.script() else { return Ok(Vec::new()) };
        let (begun, refused) = inputs.split_at(begun);
        let recalled = (first..).zip(begun).map(|(number, inputs)| self.recall(number, told, inputs)).collect();
        refused.iter().for_each(|_| script.made_one());
        if !refused.is_empty() {
            script.set_free();
        }
        recalled
    }

    /// An invocation that a limit does not let begin. It may have begun then: what comes after it may be something else.
    pub(in crate::run) fn refused(&self, limit: Limit) -> Failure {
        if let Some(script) = self.script() {
            script.set_free();
        }
        Failure::Limit(limit)
    }

    /// Takes note that the attempt has come to a result.
    ///
    /// # Errors
    /// It has not done all that it did then; the run does not go on.
    pub(in crate::run) fn has_result(&self) -> Result<(), Failure> {
        let Some(script) = self.script() else { return Ok(()) };
        match script.missing() {
            Some(then) => Err(self.diverged(script, then.number, Some(then), None)),
            None => Ok(()),
        }
    }

    fn diverged(&self, script: &Script, call: u64, then: Option<&PastCall>, now: Option<Invocation>) -> Failure {
        let info = self.info();
        let then = then.map(|then| Invocation {
            task: then.task.to_string(),
            inputs: script.earlier.inputs(then.action).ok().flatten(),
        });
        let divergence = Divergence {
            action: info.action,
            counterpart: script.earlier.told(script.action),
            task: info.task,
            call,
            then,
            now,
        };
        // It becomes the failure of the root, whatever that makes of this one's.
        self.run().give_up(Failure::Diverged(Box::new(divergence.cut())));
        Failure::Aborted(AbortCause::Run)
    }
}
