//! Which instances are linked.

use std::collections::HashMap;

use super::graph::{Graph, Instance, Source};
use super::kind::Kind;

/// The instances of modules that can be one, in their order: the one with the memory and the table, and those that
/// import from it or from another of them, up to the first that needs what can be had after them only.
pub(super) fn instances(graph: &Graph<'_>) -> Vec<u32> {
    let mut chosen = Chosen::of(graph, &[]);
    if graph.is_bound {
        return chosen.instances;
    }
    // A module of which there are two instances has two states.
    let mut uses = vec![0; graph.modules.len()];
    for instance in &graph.instances {
        if let Instance::Of { module, .. } = instance {
            uses[*module as usize] += 1;
        }
    }
    for (index, instance) in (0..).zip(&graph.instances) {
        let Instance::Of { module, args } = instance else { continue };
        let (of, module) = (*module as usize, &graph.modules[*module as usize]);
        let is_first = chosen.instances.is_empty();
        if is_first && !module.is_shared_by_libraries() {
            continue;
        }
        let arg = |name| args.iter().find(|(arg, _)| *arg == name).map(|(_, instance)| *instance);
        let (mut belongs, mut waits, mut shares) = (is_first, false, false);
        for import in &module.imports {
            let Some(from) = arg(import.module) else { return Vec::new() };
            let source = graph.export(from, Kind::of(import), import.name);
            match source {
                Source::Export { instance, kind, .. } if chosen.instances.contains(&instance) => {
                    belongs = true;
                    shares |= kind != Kind::Function;
                }
                _ => waits |= chosen.is_made_of_them(source),
            }
        }
        if belongs && !waits && uses[of] == 1 && !module.starts {
            chosen.instances.push(index);
        } else if shares || module.starts {
            // It may change what those see that come after it, so they stay after it.
            break;
        }
    }
    chosen.instances
}

/// What is chosen so far. All that an instance imports comes before it, so what is known stays.
pub(super) struct Chosen<'a> {
    graph: &'a Graph<'a>,
    instances: Vec<u32>,
    known: HashMap<Source<'a>, bool>,
    known_instances: HashMap<u32, bool>,
}

impl<'a> Chosen<'a> {
    /// All of them.
    pub(super) fn of(graph: &'a Graph<'a>, instances: &[u32]) -> Self {
        Self { graph, instances: instances.to_vec(), known: HashMap::new(), known_instances: HashMap::new() }
    }

    /// Whether it can be had after the chosen ones only.
    pub(super) fn is_made_of_them(&mut self, source: Source<'a>) -> bool {
        if let Some(known) = self.known.get(&source) {
            return *known;
        }
        let is_made = match source {
            Source::Canon(function) => {
                let graph = self.graph;
                graph.needs(function).iter().any(|item| self.is_made_of_them(graph.source(*item)))
            }
            Source::Export { instance, .. } => self.is_instance_made_of_them(instance),
        };
        self.known.insert(source, is_made);
        is_made
    }

    /// The same for an instance.
    pub(super) fn is_instance_made_of_them(&mut self, instance: u32) -> bool {
        if self.instances.contains(&instance) {
            return true;
        }
        if let Some(known) = self.known_instances.get(&instance) {
            return *known;
        }
        let graph = self.graph;
        let is_made = match &graph.instances[instance as usize] {
            Instance::Of { args, .. } => args.iter().any(|(_, arg)| self.is_instance_made_of_them(*arg)),
            Instance::Bag(items) => items.iter().any(|(_, item)| self.is_made_of_them(graph.source(*item))),
        };
        self.known_instances.insert(instance, is_made);
        is_made
    }
}
