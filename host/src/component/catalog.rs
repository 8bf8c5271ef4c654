//! All tasks of all loaded components, by name.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use crate::component::{ComponentId, ComponentInfo, Task, Unavailable};
use crate::record::nearest;

/// The tasks of the loaded components. Immutable once a [`crate::Host`] is built on it.
#[derive(Debug, Default)]
pub struct Catalog {
    components: Vec<Arc<ComponentInfo>>,
    tasks: Vec<Arc<Task>>,
    /// Both spellings: `name` and `environment.name`. A bare name that several environments share has several.
    by_name: IndexMap<String, Vec<usize>>,
    /// Functions that can't be tasks, by their names with `_` for `-`, with their interface and without.
    unavailable: HashMap<String, Unavailable>,
    /// What those are told who ask for a task that there is not.
    known: OnceLock<Arc<[String]>>,
    digest: OnceLock<[u8; 32]>,
}

/// With more names than these, none is said to be the nearest to another: looking for it takes time in proportion.
const MOST_COMPARED: usize = 1000;

/// No task, or more than one, goes by a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTask {
    /// No loaded component has a task of that name.
    #[error("unknown task `{name}`{}", hint(.nearest, .known))]
    None {
        /// The name that was asked for.
        name: String,
        /// The known name that is most like it.
        nearest: Option<String>,
        /// All known names, qualified where the bare name is not enough. Shared: a run may fail so many times over.
        known: Arc<[String]>,
    },
    /// A component exports a function of that name, and it can't be a task.
    #[error("`{name}` can't be a task: {reason}")]
    Unavailable {
        /// The function's name, with its interface.
        name: String,
        /// Why it can't.
        reason: String,
    },
    /// Several environments have a task of that name.
    #[error("`{name}` is the name of several tasks: {}", .candidates.join(", "))]
    Ambiguous {
        /// The name that was asked for.
        name: String,
        /// The qualified names it could stand for.
        candidates: Vec<String>,
    },
}

/// Two tasks have the same name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two tasks are named `{task}`: one in {}, one in {}", first.display(), second.display())]
pub struct Clash {
    /// The name.
    pub task: String,
    /// The file that has it first.
    pub first: PathBuf,
    /// The file that has it again; the same one, where a component describes a task twice.
    pub second: PathBuf,
}

/// The name that is most like this one, where there are not too many.
fn near<'n>(name: &str, known: impl ExactSizeIterator<Item = &'n str>) -> Option<&'n str> {
    if known.len() > MOST_COMPARED { None } else { nearest(name, known) }
}

fn hint(nearest: &Option<String>, known: &[String]) -> String {
    match nearest {
        Some(name) => format!("; did you mean `{name}`?"),
        None if known.is_empty() => "; no tasks are loaded".to_owned(),
        None if known.len() > 12 => format!("; there are {} tasks", known.len()),
        None => format!("; the tasks are {}", known.join(", ")),
    }
}

impl Catalog {
    /// Adds a component's tasks; all of them or, on an error, none.
    ///
    /// # Errors
    /// [`Clash`] where a qualified name is taken. The same bare name in two environments is no
    /// clash: it just has to be qualified from then on.
    pub fn add(&mut self, component: Arc<ComponentInfo>, tasks: Vec<Task>) -> Result<(), Clash> {
        let mut fresh: IndexMap<String, &Task> = IndexMap::new();
        for task in &tasks {
            let name = task.qualified_name();
            let taken = self.exact(&name).map(|t| t.component().origin.clone());
            let taken = taken.or_else(|| fresh.contains_key(&name).then(|| component.origin.clone()));
            if let Some(first) = taken {
                return Err(Clash { task: name, first, second: component.origin.clone() });
            }
            fresh.insert(name, task);
        }
        for one in &component.unavailable {
            let name = one.name.replace('-', "_");
            let bare = name.rsplit('.').next().unwrap_or_default().to_owned();
            for name in [name, bare] {
                self.unavailable.entry(name).or_insert_with(|| one.clone());
            }
        }
        self.components.push(component);
        (self.known, self.digest) = Default::default();
        for task in tasks {
            let index = self.tasks.len();
            self.by_name.entry(task.name().to_owned()).or_default().push(index);
            if task.environment().is_some() {
                self.by_name.entry(task.qualified_name()).or_default().push(index);
            }
            self.tasks.push(Arc::new(task));
        }
        Ok(())
    }

    fn exact(&self, qualified: &str) -> Option<&Arc<Task>> {
        let indices = self.by_name.get(qualified)?;
        indices.iter().map(|&i| &self.tasks[i]).find(|t| t.qualified_name() == qualified)
    }

    /// The task of this name: `task` or `environment.task`.
    ///
    /// # Errors
    /// [`UnknownTask`] where there is none, or where a bare name stands for several.
    pub fn task(&self, name: &str) -> Result<&Arc<Task>, UnknownTask> {
        self.resolve(name, None)
    }

    /// As [`Catalog::task`], but a bare name means a task of component `from` first.
    pub(crate) fn resolve(&self, name: &str, from: Option<ComponentId>) -> Result<&Arc<Task>, UnknownTask> {
        match self.indices(name) {
            [] => Err(self.unknown(name)),
            [only] => Ok(&self.tasks[*only]),
            several => {
                let own: Vec<&Arc<Task>> =
                    several.iter().map(|&i| &self.tasks[i]).filter(|t| Some(t.component().id) == from).collect();
                if let [task] = own[..] {
                    return Ok(task);
                }
                // A task outside any environment has no longer name, so the bare one must reach it.
                if let Some(task) = self.exact(name) {
                    return Ok(task);
                }
                let candidates = several.iter().map(|&i| self.tasks[i].qualified_name()).collect();
                Err(UnknownTask::Ambiguous { name: name.to_owned(), candidates })
            }
        }
    }

    /// All tasks that have this name, in whatever environment.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Arc<Task>> {
        self.by_name.get(name).into_iter().flatten().map(|&i| &self.tasks[i])
    }

    /// The tasks of that name; where there is none, `kebab-case` is taken for `snake_case`, which is how WIT has it.
    fn indices(&self, name: &str) -> &[usize] {
        let of = |name: &str| self.by_name.get(name).map(Vec::as_slice);
        let found = of(name).or_else(|| {
            let (environment, task) = name.rfind('.').map_or(("", name), |dot| name.split_at(dot + 1));
            task.contains('-').then(|| of(&format!("{environment}{}", task.replace('-', "_"))))?
        });
        found.unwrap_or_default()
    }

    /// Functions of the loaded components that can't be tasks, in order of loading.
    pub fn unavailable(&self) -> impl Iterator<Item = &Unavailable> {
        self.components.iter().flat_map(|component| &component.unavailable)
    }

    fn unknown(&self, name: &str) -> UnknownTask {
        if let Some(Unavailable { name, reason, .. }) = self.unavailable.get(&name.replace('-', "_")) {
            return UnknownTask::Unavailable { name: name.clone(), reason: reason.clone() };
        }
        let nearest = near(name, self.by_name.keys().map(String::as_str));
        let known = self.known.get_or_init(|| self.tasks.iter().map(|t| self.short_name(t)).collect());
        UnknownTask::None { name: name.to_owned(), nearest: nearest.map(str::to_owned), known: Arc::clone(known) }
    }

    /// The same for a component that looks for a task of another one; `None` where there is no other.
    pub(crate) fn unknown_beside(&self, name: &str, importer: ComponentId) -> Option<UnknownTask> {
        let others = || self.tasks.iter().filter(|task| task.component().id != importer);
        let known: Arc<[String]> = others().map(|task| self.short_name(task)).collect();
        let names: Vec<String> = others().map(|task| task.qualified_name()).chain(known.iter().cloned()).collect();
        let nearest = near(name, names.iter().map(String::as_str)).map(str::to_owned);
        (!known.is_empty()).then(|| UnknownTask::None { name: name.to_owned(), nearest, known })
    }

    /// The shortest name that means this task and no other.
    pub fn short_name(&self, task: &Task) -> String {
        match self.by_name.get(task.name()).map(Vec::len) {
            Some(0 | 1) | None => task.name().to_owned(),
            Some(_) => task.qualified_name(),
        }
    }

    /// All tasks, in order of loading and, within a component, of declaration.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = &Arc<Task>> {
        self.tasks.iter()
    }

    /// What identifies all components together, in whatever order they were loaded.
    pub(crate) fn digest(&self) -> &[u8; 32] {
        self.digest.get_or_init(|| {
            let mut digests: Vec<_> = self.components.iter().map(|component| component.digest).collect();
            digests.sort_unstable();
            Sha256::digest(digests.as_flattened()).into()
        })
    }

    /// All components, in order of loading.
    pub fn components(&self) -> &[Arc<ComponentInfo>] {
        &self.components
    }
}
