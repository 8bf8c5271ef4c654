//! What the macros say to the author, and how the errors of one attribute are collected.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A mistake, and what to do about it.
pub(crate) struct Problem {
    message: std::borrow::Cow<'static, str>,
    help: Option<std::borrow::Cow<'static, str>>,
}

impl Problem {
    const fn fixed(message: &'static str, help: &'static str) -> Self {
        Self { message: std::borrow::Cow::Borrowed(message), help: Some(std::borrow::Cow::Borrowed(help)) }
    }

    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into().into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into());
        self
    }

    fn text(&self) -> String {
        match &self.help {
            Some(help) => format!("{}\n\nhelp: {help}", self.message),
            None => self.message.to_string(),
        }
    }
}

/// All errors of one macro call.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, at: impl ToTokens, problem: Problem) {
        self.add(syn::Error::new_spanned(at, problem.text()));
    }

    fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            none => *none = Some(error),
        }
    }

    /// What was parsed; in its place the default, and the error kept.
    pub(crate) fn parsed<T: Default>(&mut self, result: syn::Result<T>) -> T {
        result.unwrap_or_else(|error| {
            self.add(error);
            T::default()
        })
    }

    pub(crate) fn append(&mut self, other: Self) {
        if let Some(error) = other.0 {
            self.add(error);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The expansion followed by the errors.
    pub(crate) fn after(self, expansion: TokenStream) -> proc_macro::TokenStream {
        let errors = self.0.map(syn::Error::into_compile_error);
        quote::quote!(#expansion #errors).into()
    }
}

pub(crate) const TASK_IS_FOR_FUNCTIONS: Problem =
    Problem::fixed("`#[task]` makes a task of a function", "put it on a `fn` or an `async fn`");
pub(crate) const RECORD_IS_FOR_TYPES: Problem = Problem::fixed(
    "`#[record]` makes a value type of a struct or an enum",
    "put it on a `struct` or an `enum`; a function becomes a task with `#[task]`",
);
pub(crate) const UNION: Problem =
    Problem::fixed("a union can't be a record: JSON can't tell which field it holds", "use an `enum`");
pub(crate) const RECORD_LIFETIME: Problem = Problem::fixed(
    "a record owns what it holds: its values cross into other sandboxes",
    "use `String` for `&str`, `Vec<T>` for `&[T]`, and `T` for `&T`",
);

pub(crate) const BODY_MISSING: Problem =
    Problem::fixed("a task needs a body", "write `#[task(external)]` to declare a task of another component");
pub(crate) const EXTERNAL_BODY: Problem = Problem::fixed(
    "an external task has no body: another component has it",
    "end the declaration with `;`, or remove `external`",
);
pub(crate) const GENERIC: Problem = Problem::fixed(
    "a task can't be generic: its schema is fixed when it is compiled",
    "write one task for each type, or call a generic function from it",
);
pub(crate) const UNSAFE: Problem = Problem::fixed(
    "a task can't be `unsafe`: nobody could check its contract",
    "put an `unsafe` block inside the task",
);
pub(crate) const CONST: Problem = Problem::fixed("a task can't be `const`", "remove `const`");
pub(crate) const ABI: Problem = Problem::fixed("a task can't have an ABI of its own", "remove `extern`");
pub(crate) const VARIADIC: Problem = Problem::fixed("a task can't be variadic", "take a `Vec<T>`");
pub(crate) const RECEIVER: Problem = Problem::fixed(
    "a task can't take `self`: it is a free function",
    "take a `#[record]` as a parameter, outside of any `impl`",
);
pub(crate) const PARAMETER_PATTERN: Problem = Problem::fixed(
    "a task's parameter needs a plain name: inputs are passed by name",
    "name the parameter and take it apart in the body",
);
pub(crate) const PARAMETER_CFG: Problem =
    Problem::fixed("a task's parameter can't be conditional", "put `#[cfg]` on two versions of the task");
pub(crate) const PARAMETER_REFERENCE: Problem = Problem::fixed(
    "a task owns its parameters: they come from another sandbox",
    "use `String` for `&str`, `Vec<T>` for `&[T]`, and `T` for `&T`",
);
pub(crate) const RETURN_REFERENCE: Problem = Problem::fixed(
    "a task can't return a reference: its result goes to another sandbox",
    "use `String` for `&str`, `Vec<T>` for `&[T]`, and `T` for `&T`",
);
pub(crate) const IMPL_TRAIT: Problem = Problem::fixed(
    "a task's types are concrete: its schema is fixed when it is compiled",
    "name the type; for `-> impl Future<Output = T>` write `async fn … -> T`",
);
pub(crate) const NOT_A_VALUE: Problem = Problem::fixed(
    "this can't cross into another sandbox as JSON",
    "pass numbers, strings, collections, or a type with `#[record]`",
);
pub(crate) const NESTED_OPTION: Problem = Problem::fixed(
    "an `Option` of an `Option` has no JSON form: `Some(None)` and `None` are both `null`",
    "use one `Option`, or an `enum` with `#[record]`",
);
pub(crate) const NAME_NOT_ASCII: Problem = Problem::fixed(
    "a task's name is made of ASCII letters, digits and `_`: people type it on command lines",
    "rename the function",
);
pub(crate) const EXTERNAL_DEFAULT: Problem = Problem::fixed(
    "defaults belong to the component that has the task: `invoke` passes every parameter",
    "remove it, or make the parameter an `Option<T>`",
);
pub(crate) const EXTERNAL_RIGHTS: Problem = Problem::fixed(
    "rights belong to the component that has the task",
    "remove them; the task that invokes it needs them too, as no child has more than its parent",
);
pub(crate) const DEFAULT_ON_GENERIC: Problem = Problem::fixed(
    "a default value can't depend on a type parameter",
    "write `#[record(default)]`, which takes the type's own `Default`",
);
pub(crate) const ONLY_NAMED_FIELDS: Problem =
    Problem::fixed("only a named field can have this", "name the fields of this struct or variant");
pub(crate) const IDLE_TTL_ZERO: Problem = Problem::fixed(
    "`idle_ttl` is longer than nothing: an instance waits for its next action",
    "write `reusable = false` where every action is to have an instance of its own",
);
pub(crate) const NO_TASKS: Problem =
    Problem::fixed("a component needs at least one task", "list them: `flyte_guest::export!(my_task, other_task)`");

pub(crate) fn unknown_key(key: &str, known: &[&str]) -> Problem {
    let nearest = known.iter().map(|name| (strsim::damerau_levenshtein(key, name), *name)).min();
    let known_names = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let problem = Problem::new(format!("unknown key `{key}`"));
    match nearest {
        // A third of the letters may be wrong; beyond that it is another word.
        Some((distance, name)) if distance <= name.len().div_ceil(3) => {
            problem.help(format!("did you mean `{name}`?"))
        }
        _ => problem.help(format!("known here: {known_names}")),
    }
}

pub(crate) fn duplicate_key(key: &str) -> Problem {
    Problem::new(format!("`{key}` is given twice")).help("keep one of them")
}

pub(crate) fn wrong_form(key: &str, expected: &str) -> Problem {
    Problem::new(format!("`{key}` is not written like this")).help(format!("write `{expected}`"))
}

pub(crate) fn external_policy(key: &str) -> Problem {
    Problem::new(format!("`{key}` belongs to the component that has the task"))
        .help("remove it; an invocation may override with `.retries(n)` and `.max_runtime(duration)`")
}

pub(crate) fn duration(reason: &str) -> Problem {
    Problem::new(reason).help("write a duration like \"100ms\", \"30s\", \"1h30m\" or \"PT1H30M\"")
}

pub(crate) fn unknown_scope(scope: &str) -> Problem {
    Problem::new(format!("unknown scope `{scope}`"))
        .help("write `\"run\"` for what runs share with no other run, `\"global\"` for all runs of a host")
}

pub(crate) fn right(reason: &str, form: &str) -> Problem {
    Problem::new(reason).help(format!("write `{form}`"))
}

pub(crate) fn duplicate_right(kind: &str, argument: &str) -> Problem {
    Problem::new(format!("`{kind} = \"{argument}\"` is declared twice"))
        .help("keep one of them: a right is needed or optional")
}

pub(crate) fn too_many_rights(declared: usize, most: usize) -> Problem {
    Problem::new(format!("{declared} rights are declared, and a task may have {most}"))
        .help("a directory stands for all that is below it, and `*` for every host")
}

pub(crate) fn derived_already(name: &str) -> Problem {
    Problem::new(format!("`#[record]` derives `{name}` itself")).help(format!("remove `{name}` from this derive"))
}

pub(crate) fn duplicate_task(name: &str) -> Problem {
    Problem::new(format!("the component has two tasks named `{name}`"))
        .help("a task's name is unique within its component: rename one of the functions")
}
