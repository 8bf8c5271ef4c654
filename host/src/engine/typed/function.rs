//! A function of a typed component, to be called with JSON.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use wasmtime::component::{ComponentExportIndex, Func, Instance, Val};
use wasmtime::{AsContextMut, Store};

use crate::component::Task;
use crate::component::typed::{Place, Signature, WitType};
use crate::engine::bindings::LARGEST_ERROR;
use crate::engine::runtime::transfer;
use crate::engine::state::StoreState;
use crate::engine::typed::decode::{self, Decoded, Undecoded};
use crate::engine::typed::encode;
use crate::engine::typed::reflect::Exported;
use crate::record::{Json, JsonKind};
use crate::run::{ActionScope, Failure, Held, Limit, Limits, TaskError, TaskErrorKind};

/// How many times more memory a value of flags takes than wasmtime counts for it, at most, about.
const FLAGS: usize = 24;

/// A function that is a task.
#[derive(Debug)]
pub(in crate::engine) struct TypedFunction {
    index: ComponentExportIndex,
    signature: Arc<Signature>,
}

/// What a function is called with.
pub(in crate::engine) struct Arguments {
    values: Vec<Val>,
    /// The memory they take, as long as they are there.
    _held: Held,
}

/// The functions of a component that are tasks.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct TypedFunctions(Arc<HashMap<Place, Arc<TypedFunction>>>);

impl TypedFunctions {
    pub(in crate::engine) fn of(exported: &[Exported]) -> Self {
        let function = |exported: &Exported| {
            let signature = Arc::clone(&exported.signature);
            (exported.place.clone(), Arc::new(TypedFunction { index: exported.index, signature }))
        };
        Self(Arc::new(exported.iter().map(function).collect()))
    }

    /// The function that is this task.
    pub(in crate::engine) fn get(&self, task: &Task) -> Option<&Arc<TypedFunction>> {
        self.0.get(&task.export()?.place)
    }
}

impl TypedFunction {
    /// Finds it in an instance.
    ///
    /// # Errors
    /// The instance is of another component.
    pub(in crate::engine) fn of(&self, instance: Instance, store: impl AsContextMut) -> wasmtime::Result<Func> {
        let found = instance.get_func(store, self.index);
        found.ok_or_else(|| wasmtime::format_err!("the instance has no such function"))
    }

    /// What it is called with: `inputs` is an object that conforms to the schema of its parameters.
    ///
    /// # Errors
    /// The values take too much memory.
    pub(in crate::engine) fn arguments(&self, inputs: &Json, scope: &ActionScope) -> Result<Arguments, Failure> {
        let begun = Instant::now();
        let most = transfer(scope.limits());
        let arguments = match decode::parameters(inputs.as_str(), &self.signature.parameters, most) {
            Ok(Decoded { values, bytes }) => {
                Ok(Arguments { values, _held: scope.hold(bytes).map_err(Failure::Limit)? })
            }
            Err(Undecoded::Unfit(error)) => Err(Failure::InvalidInput(error)),
            Err(Undecoded::TooMuch(most)) => Err(Failure::Limit(Limit::Transfer(most))),
        };
        scope.note_conversion(begun.elapsed());
        arguments
    }

    /// Calls it.
    ///
    /// # Errors
    /// A trap, or a limit. What the function itself gives as an error is the inner one.
    pub(in crate::engine) async fn call(
        &self,
        function: Func,
        store: &mut Store<StoreState>,
        arguments: Arguments,
        scope: &ActionScope,
    ) -> wasmtime::Result<Result<String, Failure>> {
        let Signature { result, error, .. } = &*self.signature;
        let limits = scope.limits();
        if [result, error.as_ref().unwrap_or(&None)].into_iter().flatten().any(WitType::has_flags) {
            store.set_hostcall_fuel(transfer(limits) / FLAGS);
        }
        let mut returned = [Val::Bool(false)];
        let returns = usize::from(result.is_some() || error.is_some());
        function.call_async(store, &arguments.values, &mut returned[..returns]).await?;
        let [returned] = returned;
        let begun = Instant::now();
        let result = match (error, returned) {
            (Some(_), Val::Result(Ok(value))) => output(result.as_ref(), value.as_deref()),
            (Some(error), Val::Result(Err(value))) => Err(failed(error.as_ref(), value.as_deref(), limits)),
            (_, value) => output(result.as_ref(), Some(&value)),
        };
        scope.note_conversion(begun.elapsed());
        Ok(result)
    }
}

fn output(ty: Option<&WitType>, value: Option<&Val>) -> Result<String, Failure> {
    match (ty, value) {
        (Some(ty), Some(value)) => encode::text(ty, value).map_err(Failure::InvalidOutput),
        _ => Ok("null".to_owned()),
    }
}

/// The other side of a function's `result` is the task's error.
fn failed(ty: Option<&WitType>, value: Option<&Val>, limits: &Limits) -> Failure {
    let payload = match output(ty, value) {
        Ok(text) => Json::trusted(text),
        Err(failure) => return failure,
    };
    let (size, limit) = (payload.as_str().len(), limits.max_output.min(LARGEST_ERROR));
    if size > limit {
        return Failure::Limit(Limit::Output { limit, size: Some(size) });
    }
    let message = message(&payload);
    // A text has been said. Anything else is for who knows its type.
    let details = Some(payload).filter(|_| ty.is_some_and(|ty| *ty != WitType::String));
    Failure::Task(TaskError { kind: TaskErrorKind::Task, message, causes: Vec::new(), details, recoverable: true })
}

/// A text is said as it is, of an object the one that it calls its message; anything else as JSON.
fn message(payload: &Json) -> String {
    match payload.kind() {
        JsonKind::Null => "the function returned an error".to_owned(),
        JsonKind::String => payload.as_string().unwrap_or_default(),
        JsonKind::Object => {
            let said = serde_json::from_str::<serde_json::Value>(payload.as_str());
            let said = said.ok().and_then(|object| Some(object.get("message")?.as_str()?.to_owned()));
            said.unwrap_or_else(|| payload.compact())
        }
        _ => payload.compact(),
    }
}
