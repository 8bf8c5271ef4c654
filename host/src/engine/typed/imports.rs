//! Functions that a component imports and that are tasks of other components: a call of one is a child action.

use std::sync::{Arc, OnceLock};

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, Linker, LinkerInstance, Val};
use wasmtime::{AsContextMut, Engine};

use crate::component::typed::{ErrorSchema, Interface, Place, Unmatched, Wanted};
use crate::component::{Catalog, ComponentId, Task};
use crate::engine::runtime::transfer;
use crate::engine::state::StoreState;
use crate::engine::tenants::{Caller, caller};
use crate::engine::typed::reflect::{Budget, signature};
use crate::engine::typed::{decode, encode};
use crate::run::{Callee, Failure, InvokeOptions, LONGEST_LABEL, TaskError, shortened};

/// The longest that is told of an import's name, in bytes.
const LONGEST_TOLD: usize = 300;

/// What the host itself provides.
const OURS: [&str; 2] = ["wasi:", "flyte:task/"];

/// A function that a component imports, to be found among the tasks of others.
#[derive(Debug, Clone)]
pub(crate) struct Import(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// As the component has it, for people.
    told: String,
    wanted: Wanted,
    /// Whether the instance waits for it, with all that runs there.
    blocks: bool,
    /// The task it is, once all components are loaded.
    task: OnceLock<Arc<Task>>,
}

/// The imports of a component that the host does not provide, and a linker that has them where there are any.
///
/// # Errors
/// An import that no task can be, for a person.
pub(in crate::engine) fn define(
    ours: &Linker<StoreState>,
    engine: &Engine,
    component: &Component,
    budget: &mut Budget,
) -> Result<(Option<Linker<StoreState>>, Vec<Import>), String> {
    let mut imports = Vec::new();
    let mut own = None;
    for (name, import) in component.component_type().imports(engine) {
        if OURS.iter().any(|ours| name.starts_with(ours)) {
            continue;
        }
        let linker = own.get_or_insert_with(|| ours.clone());
        match import.ty {
            ComponentItem::ComponentFunc(function) => {
                let import = Import::of(None, name, &function, budget)?;
                import.define(&mut linker.root(), name, &function)?;
                imports.push(import);
            }
            ComponentItem::ComponentInstance(instance) => {
                let mut linked = linker.instance(name).map_err(|error| format!("{error:#}"))?;
                for (label, export) in instance.exports(engine) {
                    match export.ty {
                        ComponentItem::ComponentFunc(function) => {
                            let import = Import::of(Some(name), label, &function, budget)?;
                            import.define(&mut linked, label, &function)?;
                            imports.push(import);
                        }
                        ComponentItem::Type(_) => {}
                        _ => return Err(format!("it imports `{label}` of `{name}`, which no task can be")),
                    }
                }
            }
            // Whatever else it is, linking tells.
            _ => {}
        }
    }
    Ok((own, imports))
}

impl Import {
    fn of(
        interface: Option<&str>,
        label: &str,
        function: &ComponentFunc,
        budget: &mut Budget,
    ) -> Result<Self, String> {
        let place = Place { interface: interface.map(Interface::new), label: label.to_owned() };
        let told = shortened(place.told(), LONGEST_TOLD);
        budget.function().map_err(|limit| format!("it imports too much: {limit}"))?;
        let unfit = |reason| format!("it imports the function `{told}`, and no task can be it: {reason}");
        let signature = signature(label, function, budget).map_err(unfit)?;
        let schemas = signature.schemas().map_err(|error| unfit(format!("its types: {error}")))?;
        let wanted = Wanted { place, signature, schemas };
        Ok(Self(Arc::new(Inner { told, wanted, blocks: !function.async_(), task: OnceLock::new() })))
    }

    /// As the component has it, for people.
    pub(crate) fn told(&self) -> &str {
        &self.0.told
    }

    /// Whether the instance waits for it, with all that runs there.
    pub(in crate::engine) fn blocks(&self) -> bool {
        self.0.blocks
    }

    /// The name of a task that it could be.
    pub(crate) fn task(&self) -> String {
        self.0.wanted.task()
    }

    /// Finds the task of another component that it is.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn find(&self, catalog: &Catalog, importer: ComponentId) -> Result<(), Unmatched> {
        let task = self.0.wanted.find(catalog, importer)?;
        // Looked for once: a component is loaded for one host.
        let _ = self.0.task.set(Arc::clone(task));
        Ok(())
    }

    fn define(
        &self,
        linker: &mut LinkerInstance<'_, StoreState>,
        label: &str,
        function: &ComponentFunc,
    ) -> Result<(), String> {
        let import = self.clone();
        let defined = if function.async_() {
            linker.func_new_concurrent(label, move |accessor, _, arguments, results| {
                let import = import.clone();
                Box::pin(async move {
                    let who = accessor.with(|access| caller(access))?;
                    import.call(who, arguments, results).await
                })
            })
        } else {
            linker.func_new_async(label, move |mut store, _, arguments, results| {
                let import = import.clone();
                Box::new(async move {
                    let who = caller(store.as_context_mut())?;
                    import.call(who, arguments, results).await
                })
            })
        };
        defined.map_err(|error| format!("{error:#}"))
    }

    /// # Errors
    /// A trap, where the action fails in a way that the component has no word for.
    async fn call(&self, who: Caller, arguments: &[Val], results: &mut [Val]) -> wasmtime::Result<()> {
        let Inner { told, wanted, task, .. } = &*self.0;
        let signature = &wanted.signature;
        let Caller::Attempt(scope) = who else { return Err(wasmtime::format_err!("the action was aborted")) };
        let task = task.get().ok_or_else(|| wasmtime::format_err!("no task is `{told}`"))?;
        let failed = |why: String| {
            let (task, why) = (task.qualified_name(), scope.told(why, LONGEST_LABEL));
            wasmtime::format_err!("the task `{task}`, which is `{told}` here, failed: {why}")
        };
        // wasmtime keeps the arguments until the call ends.
        let held = scope.hold(arguments.iter().map(bytes_of).sum());
        let _held = held.map_err(|limit| failed(limit.to_string()))?;
        let inputs = encode::object(&signature.parameters, arguments).map_err(failed)?;
        let value = match scope.invoke(Callee::Task(task), inputs, InvokeOptions::default()).wait().await {
            Ok(given) => {
                // Its own schema may be wider than this one.
                let fits = wanted.schemas.output.check(given.as_str()).is_ok();
                fits.then_some(()).ok_or_else(|| failed("its output has another type".to_owned()))?;
                let value = |ty| {
                    let most = transfer(scope.limits());
                    decode::value(given.as_str(), ty, most).map_err(|error| failed(error.to_string()))
                };
                let value = signature.result.as_ref().map(value).transpose()?;
                match signature.error {
                    Some(_) => Some(Val::Result(Ok(value.map(Box::new)))),
                    None => value,
                }
            }
            Err(Failure::Task(error)) => {
                let known =
                    self.error(&error, transfer(scope.limits())).ok_or_else(|| failed(error.to_string()))?;
                Some(Val::Result(Err(known.map(Box::new))))
            }
            Err(failure) => return Err(failed(failure.to_string())),
        };
        if let (Some(result), Some(value)) = (results.first_mut(), value) {
            *result = value;
        }
        Ok(())
    }

    /// A task's error, as the component knows it: by its details, or by its message where the component wants a text.
    fn error(&self, error: &TaskError, most: usize) -> Option<Option<Val>> {
        let ty = match self.0.wanted.signature.error.as_ref()? {
            Some(ty) => ty,
            None => return Some(None),
        };
        Some(Some(match &self.0.wanted.schemas.error {
            ErrorSchema::Details(schema) => {
                let details = error.details.as_ref().filter(|details| schema.check(details.as_str()).is_ok())?;
                decode::value(details.as_str(), ty, most).ok()?
            }
            _ => Val::String(error.message.clone()),
        }))
    }
}

/// About how much memory a value takes, in bytes.
fn bytes_of(value: &Val) -> usize {
    let inner = match value {
        Val::String(text) | Val::Enum(text) => text.len(),
        Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => items.iter().map(bytes_of).sum(),
        Val::Record(fields) => fields.iter().map(|(name, value)| 24 + name.len() + bytes_of(value)).sum(),
        Val::Map(entries) => entries.iter().map(|(key, value)| bytes_of(key) + bytes_of(value)).sum(),
        Val::Flags(names) => names.iter().map(|name| 24 + name.len()).sum(),
        Val::Variant(name, payload) => name.len() + payload.as_deref().map_or(0, bytes_of),
        Val::Option(inner) => inner.as_deref().map_or(0, bytes_of),
        Val::Result(Ok(inner) | Err(inner)) => inner.as_deref().map_or(0, bytes_of),
        _ => 0,
    };
    size_of::<Val>() + inner
}
