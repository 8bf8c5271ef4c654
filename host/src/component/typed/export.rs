//! What of a typed component a task is, and what it is called.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::component::Task;
use crate::component::typed::interface::{Interface, NAMES};
use crate::component::typed::{ErrorSchema, Signature, snake};

/// The place of a function in a component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// `None` for the world's own functions.
    pub(crate) interface: Option<Interface>,
    /// As WIT has it.
    pub(crate) label: String,
}

/// What of a typed component a task is.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) place: Place,
    pub(crate) signature: Arc<Signature>,
    pub(crate) error: ErrorSchema,
}

impl Place {
    /// The task's name.
    pub(crate) fn task(&self) -> String {
        snake(&self.label)
    }

    /// Whether who wants the function at another place may be given the one at this.
    pub(super) fn stands_for(&self, wanted: &Self) -> bool {
        self.label == wanted.label
            && match (&self.interface, &wanted.interface) {
                (Some(given), Some(wanted)) => given.stands_for(wanted).is_ok(),
                (None, None) => true,
                _ => false,
            }
    }

    /// As WIT has it, for people.
    pub(crate) fn told(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{}#{}", interface.text(), self.label),
            None => self.label.clone(),
        }
    }
}

/// The environments of a component's interfaces: each is called by as few of its names as tell it from the others.
pub(crate) fn environments(interfaces: HashSet<Interface>) -> HashMap<Interface, String> {
    let mut known: Vec<HashMap<String, usize>> = vec![HashMap::new(); NAMES];
    for interface in &interfaces {
        for (names, known) in (1..).zip(&mut known) {
            *known.entry(interface.environment(names)).or_default() += 1;
        }
    }
    let environment = |interface: Interface| {
        let alone = (1..NAMES).find(|names| known[names - 1].get(&interface.environment(*names)) == Some(&1));
        let environment = interface.environment(alone.unwrap_or(NAMES));
        (interface, environment)
    };
    interfaces.into_iter().map(environment).collect()
}

/// Gives interfaces with one name and functions of one name, in several components, longer names: all of them, so that it
/// does not matter which was loaded first.
pub(crate) fn keep_apart(tasks: &mut [Vec<Task>]) {
    for names in 2..=NAMES {
        let mut known: HashMap<String, &Interface> = HashMap::new();
        let mut alike: HashSet<Interface> = HashSet::new();
        for task in tasks.iter().flatten() {
            let Some(interface) = task.interface() else { continue };
            if let Some(other) = known.insert(task.qualified_name(), interface).filter(|other| *other != interface)
            {
                alike.extend([other, interface].map(Clone::clone));
            }
        }
        if alike.is_empty() {
            return;
        }
        for task in tasks.iter_mut().flatten() {
            if let Some(environment) =
                task.interface().filter(|interface| alike.contains(interface)).map(|i| i.environment(names))
            {
                task.be_in(environment);
            }
        }
    }
}
