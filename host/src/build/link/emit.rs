//! A component whose chosen instances are one.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Reencode, ReencodeComponent};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, Component, ComponentAliasSection, ComponentSectionId, InstanceSection,
    ModuleArg, ModuleSection, RawSection,
};

use super::Error;
use super::chosen::Chosen;
use super::graph::{Graph, Instance, Item, Part, Source};
use super::kind::Kind;
use super::merge::{Merged, merged};

/// The component with the components in it as they are by now, and else the same.
pub(super) fn as_it_is(graph: &Graph<'_>) -> Vec<u8> {
    let mut components =
        graph.parts.iter().filter_map(|part| if let Part::Component(bytes) = part { Some(bytes) } else { None });
    let mut out = Component::new();
    for (id, data) in &graph.sections {
        let is_component = *id == u8::from(ComponentSectionId::Component);
        let data = if is_component { components.next().map_or(*data, |bytes| bytes) } else { data };
        out.section(&RawSection { id: *id, data });
    }
    out.finish()
}

/// The component with the chosen instances as one, which comes where the last of them was; what is made of them follows.
/// None where that would give other numbers to what is no core part.
pub(super) fn component(graph: &Graph<'_>, chosen: &[u32]) -> Result<Option<Vec<u8>>, Error> {
    let needed = Needed::by_others(graph, chosen);
    let mut emitter = Emitter::new(graph, chosen, merged(graph, chosen, &needed.of_chosen)?);
    let mut made = Chosen::of(graph, chosen);
    let (mut later, mut is_there) = (Vec::new(), false);
    for part in &graph.parts {
        let waits = match part {
            Part::Module(module) if is_of(graph, *module, chosen) => continue,
            Part::Instance(instance) if chosen.last() == Some(instance) => {
                emitter.linked()?;
                for part in later.drain(..) {
                    emitter.part(part)?;
                }
                is_there = true;
                continue;
            }
            Part::Instance(instance) if chosen.contains(instance) => continue,
            Part::Instance(instance) if !needed.instances.contains(instance) => continue,
            Part::Alias(item) if !needed.items.contains(item) => continue,
            Part::Instance(instance) => made.is_instance_made_of_them(*instance),
            Part::Alias(item) => made.is_made_of_them(graph.source(*item)),
            Part::Canon { needs, .. } => needs.iter().any(|item| made.is_made_of_them(graph.source(*item))),
            Part::Other { .. } | Part::Component(_) | Part::Module(_) | Part::OtherAlias(_) => false,
        };
        if waits && !is_there {
            if let Part::Canon { made: None, .. } = part {
                return Ok(None);
            }
            later.push(part);
        } else {
            emitter.part(part)?;
        }
    }
    Ok(Some(emitter.out.finish()))
}

fn is_of(graph: &Graph<'_>, wanted: u32, instances: &[u32]) -> bool {
    instances.iter().any(
        |instance| matches!(&graph.instances[*instance as usize], Instance::Of { module, .. } if *module == wanted),
    )
}

/// What is not linked, and what that takes from what is.
#[derive(Default)]
struct Needed<'a> {
    instances: HashSet<u32>,
    items: HashSet<Item>,
    of_chosen: Vec<Source<'a>>,
}

impl<'a> Needed<'a> {
    fn by_others(graph: &'a Graph<'a>, chosen: &[u32]) -> Self {
        let mut needed = Self::default();
        for (index, instance) in (0..).zip(&graph.instances) {
            let Instance::Of { module, args } = instance else { continue };
            if chosen.contains(&index) {
                continue;
            }
            needed.instances.insert(index);
            for (name, arg) in args {
                match &graph.instances[*arg as usize] {
                    Instance::Bag(items) => {
                        needed.instances.insert(*arg);
                        needed.items.extend(items.iter().map(|(_, item)| *item));
                    }
                    Instance::Of { .. } => {
                        let imports = graph.modules[*module as usize].imports.iter();
                        let imports = imports.filter(|import| import.module == *name);
                        needed
                            .of_chosen
                            .extend(imports.map(|import| graph.export(*arg, Kind::of(import), import.name)));
                    }
                }
            }
        }
        for part in &graph.parts {
            if let Part::Canon { needs, .. } = part {
                needed.items.extend(needs);
            }
        }
        let parts =
            graph.parts.iter().filter_map(|part| if let Part::Alias(item) = part { Some(*item) } else { None });
        needed.of_chosen.extend(parts.filter(|item| needed.items.contains(item)).map(|item| graph.source(item)));
        let is_of_chosen =
            |source: &Source<'_>| matches!(source, Source::Export { instance, .. } if chosen.contains(instance));
        needed.of_chosen.retain(is_of_chosen);
        needed
    }
}

/// Writes parts, and numbers their core items anew.
struct Emitter<'a> {
    graph: &'a Graph<'a>,
    chosen: &'a [u32],
    merged: Merged<'a>,
    out: Component,
    modules: HashMap<u32, u32>,
    instances: HashMap<u32, u32>,
    items: HashMap<Item, u32>,
    /// The number of the one that the chosen ones became.
    linked: u32,
    module_count: u32,
    instance_count: u32,
    item_counts: [u32; Kind::COUNT],
}

impl<'a> Emitter<'a> {
    fn new(graph: &'a Graph<'a>, chosen: &'a [u32], merged: Merged<'a>) -> Self {
        Self {
            graph,
            chosen,
            merged,
            out: Component::new(),
            modules: HashMap::new(),
            instances: HashMap::new(),
            items: HashMap::new(),
            linked: 0,
            module_count: 0,
            instance_count: 0,
            item_counts: [0; Kind::COUNT],
        }
    }

    fn part(&mut self, part: &Part<'a>) -> Result<(), Error> {
        match part {
            Part::Other { id, bytes } => self.raw(*id, bytes),
            Part::Component(bytes) => self.raw(ComponentSectionId::Component.into(), bytes),
            Part::Module(module) => {
                self.raw(ComponentSectionId::CoreModule.into(), self.graph.modules[*module as usize].bytes);
                self.modules.insert(*module, self.module_count);
                self.module_count += 1;
            }
            Part::Instance(instance) => self.instance(*instance)?,
            Part::Alias(item) => {
                let index = self.item_of(self.graph.source(*item))?;
                self.items.insert(*item, index);
            }
            Part::OtherAlias(alias) => {
                let mut section = ComponentAliasSection::new();
                section.alias(self.component_alias(alias.clone())?);
                self.out.section(&section);
            }
            Part::Canon { function, made, .. } => {
                let mut section = CanonicalFunctionSection::new();
                self.parse_component_canonical(&mut section, function.clone())?;
                self.out.section(&section);
                if let Some(index) = made {
                    let new = self.next(Kind::Function);
                    self.items.insert(Item { kind: Kind::Function, index: *index }, new);
                }
            }
        }
        Ok(())
    }

    fn raw(&mut self, id: u8, data: &[u8]) {
        self.out.section(&RawSection { id, data });
    }

    fn next(&mut self, kind: Kind) -> u32 {
        let count = &mut self.item_counts[kind as usize];
        *count += 1;
        *count - 1
    }

    fn add_instance(&mut self, section: &InstanceSection) -> u32 {
        self.out.section(section);
        self.instance_count += 1;
        self.instance_count - 1
    }

    fn instance(&mut self, index: u32) -> Result<(), Error> {
        let mut section = InstanceSection::new();
        match &self.graph.instances[index as usize] {
            Instance::Of { module, args } => {
                let mut new = Vec::new();
                for (name, arg) in args {
                    let arg = if self.chosen.contains(arg) {
                        self.exports_of(*arg, *module, name)?
                    } else {
                        self.instance_index(*arg)
                    };
                    new.push((*name, ModuleArg::Instance(arg)));
                }
                section.instantiate(self.module_index(*module), new);
            }
            Instance::Bag(items) => {
                let mut new = Vec::new();
                for (name, item) in items {
                    new.push((*name, item.kind.into(), self.item_index(*item)?));
                }
                section.export_items(new);
            }
        }
        let new = self.add_instance(&section);
        self.instances.insert(index, new);
        Ok(())
    }

    /// What a module imports under one name from an instance that is linked.
    fn exports_of(&mut self, instance: u32, module: u32, name: &str) -> Result<u32, Error> {
        let graph = self.graph;
        let mut items = Vec::new();
        for import in graph.modules[module as usize].imports.iter().filter(|import| import.module == name) {
            let index = self.item_of(graph.export(instance, Kind::of(import), import.name))?;
            items.push((import.name, Kind::of(import).into(), index));
        }
        Ok(self.add_instance(InstanceSection::new().export_items(items)))
    }

    /// The module that the chosen ones became, and its instance.
    fn linked(&mut self) -> Result<(), Error> {
        let mut items = Vec::new();
        for (number, source) in self.merged.imports.clone().into_iter().enumerate() {
            items.push((number.to_string(), source.kind().into(), self.item_of(source)?));
        }
        let items = items.iter().map(|(name, kind, index)| (name.as_str(), *kind, *index));
        let imports = self.add_instance(InstanceSection::new().export_items(items.collect::<Vec<_>>()));
        self.out.section(&ModuleSection(&self.merged.module));
        let module = self.module_count;
        self.module_count += 1;
        let args = [("", ModuleArg::Instance(imports))];
        self.linked = self.add_instance(InstanceSection::new().instantiate(module, args));
        Ok(())
    }

    /// The item of this source, by an alias where it is an export.
    fn item_of(&mut self, source: Source<'a>) -> Result<u32, Error> {
        let (instance, kind, name) = match source {
            Source::Canon(index) => return self.item_index(Item { kind: Kind::Function, index }),
            Source::Export { instance, kind, name } => (instance, kind, name),
        };
        let (instance, name) = match self.merged.exports.get(&source) {
            Some(name) => (self.linked, name.as_str()),
            None => (*self.instances.get(&instance).ok_or(Error::UnexpectedNonComponentSection)?, name),
        };
        let mut section = ComponentAliasSection::new();
        section.alias(Alias::CoreInstanceExport { instance, kind: kind.into(), name });
        self.out.section(&section);
        Ok(self.next(kind))
    }

    fn item_index(&self, item: Item) -> Result<u32, Error> {
        self.items.get(&item).copied().ok_or(Error::UnexpectedNonComponentSection)
    }
}

impl Reencode for Emitter<'_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        self.item_index(Item { kind: Kind::Function, index })
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error> {
        self.item_index(Item { kind: Kind::Table, index })
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error> {
        self.item_index(Item { kind: Kind::Memory, index })
    }
}

impl ReencodeComponent for Emitter<'_> {
    fn module_index(&mut self, module: u32) -> u32 {
        self.modules.get(&module).copied().unwrap_or(module)
    }

    fn instance_index(&mut self, instance: u32) -> u32 {
        self.instances.get(&instance).copied().unwrap_or(instance)
    }
}
