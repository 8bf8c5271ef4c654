//! For unit tests of tasks, which run natively with `cargo test`.
//!
//! A task is a plain function, so a test may just call it. `name::invoke(…)` runs it in this process as well, through
//! the same JSON as in a host: what can't be encoded shows. A panic of a child is an error of kind
//! [`ErrorKind::Trap`](crate::ErrorKind::Trap), as it is in a host. What a host adds is missing: a child has one
//! attempt, no cache, no limit of time, and shares this process's memory and all its rights.
//!
//! ```
//! use flyte_guest::{task, testing};
//!
//! #[task]
//! async fn shout(text: String) -> String {
//!     text.to_uppercase()
//! }
//!
//! assert_eq!(testing::block_on(shout("hey".into())), "HEY");
//! assert_eq!(testing::block_on(shout::invoke("hey".into())).unwrap(), "HEY");
//! ```

use crate::decode::decode_inputs;
use crate::encode::encode_output;
use crate::task::{Task, TaskReturn};
use crate::{TaskError, Value};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

#[doc(inline)]
pub use futures::executor::block_on;

type Closure = Rc<dyn Fn(&str) -> Result<String, TaskError>>;

thread_local! {
    static STAND_INS: RefCell<Vec<(String, Closure)>> = const { RefCell::new(Vec::new()) };
}

/// As long as it lives, a closure stands in for a task. See [`stand_in`].
#[must_use = "the closure stands in until this is dropped"]
pub struct StandIn {
    closure: Closure,
    // On another thread there would be nothing to remove.
    not_send: PhantomData<*const ()>,
}

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StandIn").finish_non_exhaustive()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        STAND_INS.with_borrow_mut(|all| all.retain(|(_, closure)| !Rc::ptr_eq(closure, &self.closure)));
    }
}

/// Has `closure` stand in for `task` on this thread, until the guard is dropped; the latest for a name counts.
///
/// `task` is the name that is invoked: `environment.name` for `#[task(external, environment = "…")]`, the bare name for a
/// task of this crate, which is then not run. The inputs come as one value, with a field for each parameter. The
/// closure returns a value, or a `Result` of one and something that becomes a [`TaskError`].
///
/// ```
/// use flyte_guest::{record, task, testing};
///
/// #[task(external, environment = "stats")]
/// async fn mean(values: Vec<f64>) -> f64;
///
/// #[record]
/// struct MeanInputs { values: Vec<f64> }
///
/// let _mean = testing::stand_in("stats.mean", |inputs: MeanInputs| inputs.values[0]);
/// assert_eq!(testing::block_on(mean::invoke(vec![2.5])).unwrap(), 2.5);
/// ```
pub fn stand_in<I, R>(task: &str, closure: impl Fn(I) -> R + 'static) -> StandIn
where
    I: Value,
    R: TaskReturn<Value: Value, Error: Into<TaskError>>,
{
    let closure: Closure = Rc::new(move |inputs| {
        let result = closure(decode_inputs(inputs)?).into_result();
        encode_output(&result.map_err(Into::into)?)
    });
    STAND_INS.with_borrow_mut(|all| all.push((task.to_owned(), Rc::clone(&closure))));
    StandIn { closure, not_send: PhantomData }
}

pub(crate) fn find(task: &str) -> Option<Closure> {
    STAND_INS.with_borrow(|all| {
        let found = all.iter().rev().find(|(name, _)| name == task);
        found.map(|(_, closure)| Rc::clone(closure))
    })
}

/// What a component tells its host of a task.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Description {
    /// The task's name.
    pub name: String,
    /// The environment that the task itself names; the one in [`export!`](crate::export!) is not seen here.
    pub environment: Option<String>,
    /// Its documentation, as Markdown.
    pub documentation: String,
    /// The JSON Schema of an object with one property a parameter.
    pub inputs: serde_json::Value,
    /// The JSON Schema of the result.
    pub output: serde_json::Value,
    /// The rights that the task itself declares: `read /data`, `env DEBUG (optional)`. Those in
    /// [`export!`](crate::export!) are not seen here.
    pub rights: Vec<String>,
}

/// Describes a task as its component does; of use to see a schema change in review.
///
/// ```
/// use flyte_guest::{task, testing};
///
/// /// Doubles.
/// #[task]
/// fn double(number: u32) -> u32 {
///     2 * number
/// }
///
/// let description = testing::describe::<double>();
/// assert_eq!(description.documentation, "Doubles.");
/// assert_eq!(description.inputs["properties"]["number"]["type"], "integer");
/// ```
///
/// # Panics
/// Where a default can't be told: its expression panics, or its value is not JSON (a NaN, say).
pub fn describe<T: Task>() -> Description {
    let schemas = T::schemas();
    let schema = |text: &str| serde_json::from_str(text).unwrap_or_default();
    Description {
        name: T::NAME.to_owned(),
        environment: T::ENVIRONMENT.map(str::to_owned),
        documentation: T::DOCUMENTATION.to_owned(),
        inputs: schema(&schemas.inputs),
        output: schema(&schemas.output),
        rights: T::RIGHTS.iter().map(ToString::to_string).collect(),
    }
}
