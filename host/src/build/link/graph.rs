//! The core parts of a component, and what each is made of.

use std::borrow::Cow;

use wasm_encoder::reencode::{Reencode, ReencodeComponent};
use wasm_encoder::{CanonicalFunctionSection, ComponentSectionId};
use wasmparser::{
    CanonicalFunction, Chunk, ComponentAlias, ComponentInstance, ComponentType, Parser, Payload, SectionLimited,
};

use super::Error;
use super::kind::Kind;
use super::module::Module;

/// An item of a core index space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) index: u32,
}

/// Where an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source<'a> {
    /// The export of a module's instance.
    Export { instance: u32, kind: Kind, name: &'a str },
    /// The canonical ABI: a core function.
    Canon(u32),
}

impl Source<'_> {
    /// The kind of what comes from it.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Export { kind, .. } => kind,
            Self::Canon(_) => Kind::Function,
        }
    }
}

/// A core instance.
#[derive(Debug)]
pub(super) enum Instance<'a> {
    /// Of a module, with the instances that its imports are taken from.
    Of { module: u32, args: Vec<(&'a str, u32)> },
    /// Of items.
    Bag(Vec<(&'a str, Item)>),
}

/// A part of a component, in its order.
#[derive(Debug)]
pub(super) enum Part<'a> {
    /// A section without core parts.
    Other {
        id: u8,
        bytes: &'a [u8],
    },
    Component(Cow<'a, [u8]>),
    Module(u32),
    Instance(u32),
    /// An alias of what a core instance exports.
    Alias(Item),
    OtherAlias(ComponentAlias<'a>),
    /// What lifts makes is no core part.
    Canon {
        function: CanonicalFunction,
        made: Option<u32>,
        needs: Vec<Item>,
    },
}

/// A component.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) modules: Vec<Module<'a>>,
    pub(super) instances: Vec<Instance<'a>>,
    /// For each kind, where its items come from; for functions of the canonical ABI, what those need.
    items: [Vec<Source<'a>>; Kind::COUNT],
    needs: Vec<Vec<Item>>,
    /// Its sections, each with the number of its kind: modules and components without their heads.
    pub(super) sections: Vec<(u8, &'a [u8])>,
    /// Whether something refers to core parts that is not followed here: then their numbers must stay.
    pub(super) is_bound: bool,
}

impl<'a> Graph<'a> {
    /// Reads a component.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut graph = Self::default();
        let (mut parser, mut rest) = (Parser::new(0), bytes);
        loop {
            let (consumed, payload) = match parser.parse(rest, true)? {
                Chunk::Parsed { consumed, payload } => (consumed, payload),
                Chunk::NeedMoreData(_) => unreachable!("all of it is there"),
            };
            rest = &rest[consumed..];
            if let Some((id, range)) = payload.as_section()
                && !matches!(payload, Payload::ModuleSection { .. } | Payload::ComponentSection { .. })
            {
                graph.sections.push((id, &bytes[range]));
            }
            match payload {
                Payload::Version { .. } => {}
                Payload::End(_) => return Ok(graph),
                Payload::ModuleSection { unchecked_range, .. } => {
                    rest = &rest[unchecked_range.len()..];
                    graph.sections.push((ComponentSectionId::CoreModule.into(), &bytes[unchecked_range.clone()]));
                    graph.parts.push(Part::Module(length(&graph.modules)));
                    graph.modules.push(Module::of(&bytes[unchecked_range])?);
                }
                Payload::ComponentSection { unchecked_range, .. } => {
                    rest = &rest[unchecked_range.len()..];
                    graph.sections.push((ComponentSectionId::Component.into(), &bytes[unchecked_range.clone()]));
                    graph.parts.push(Part::Component(Cow::Borrowed(&bytes[unchecked_range])));
                }
                Payload::InstanceSection(section) => graph.add_instances(section)?,
                Payload::ComponentAliasSection(section) => graph.add_aliases(section)?,
                Payload::ComponentCanonicalSection(section) => graph.add_canons(section)?,
                other => graph.add_other(bytes, &other)?,
            }
        }
    }

    fn add_instances(&mut self, section: SectionLimited<'a, wasmparser::Instance<'a>>) -> Result<(), Error> {
        for instance in section {
            self.parts.push(Part::Instance(length(&self.instances)));
            self.instances.push(match instance? {
                wasmparser::Instance::Instantiate { module_index, args } => Instance::Of {
                    module: module_index,
                    args: args.iter().map(|arg| (arg.name, arg.index)).collect(),
                },
                wasmparser::Instance::FromExports(exports) => {
                    let item = |export: &wasmparser::Export<'a>| {
                        (export.name, Item { kind: export.kind.into(), index: export.index })
                    };
                    Instance::Bag(exports.iter().map(item).collect())
                }
            });
        }
        Ok(())
    }

    fn add_aliases(&mut self, section: SectionLimited<'a, ComponentAlias<'a>>) -> Result<(), Error> {
        for alias in section {
            let alias = alias?;
            match alias {
                ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                    let kind = Kind::from(kind);
                    let source = self.export(instance_index, kind, name);
                    let items = &mut self.items[kind as usize];
                    self.parts.push(Part::Alias(Item { kind, index: length(items) }));
                    items.push(source);
                    if kind == Kind::Function {
                        self.needs.push(Vec::new());
                    }
                    continue;
                }
                ComponentAlias::InstanceExport { kind: wasmparser::ComponentExternalKind::Module, .. }
                | ComponentAlias::Outer { kind: wasmparser::ComponentOuterAliasKind::CoreModule, .. } => {
                    self.is_bound = true;
                }
                _ => {}
            }
            self.parts.push(Part::OtherAlias(alias));
        }
        Ok(())
    }

    fn add_canons(&mut self, section: SectionLimited<'a, CanonicalFunction>) -> Result<(), Error> {
        for function in section {
            let function = function?;
            let mut needs = Needs::default();
            needs.parse_component_canonical(&mut CanonicalFunctionSection::new(), function.clone())?;
            let made = (!matches!(function, CanonicalFunction::Lift { .. })).then(|| {
                let functions = &mut self.items[Kind::Function as usize];
                let index = length(functions);
                functions.push(Source::Canon(index));
                self.needs.push(needs.0.clone());
                index
            });
            self.parts.push(Part::Canon { function, made, needs: needs.0 });
        }
        Ok(())
    }

    fn add_other(&mut self, bytes: &'a [u8], payload: &Payload<'a>) -> Result<(), Error> {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    self.is_bound |= matches!(import?.ty, wasmparser::ComponentTypeRef::Module(_));
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    self.is_bound |= export?.kind == wasmparser::ComponentExternalKind::Module;
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    let is_module = |kind| kind == wasmparser::ComponentExternalKind::Module;
                    self.is_bound |= match instance? {
                        ComponentInstance::Instantiate { args, .. } => args.iter().any(|arg| is_module(arg.kind)),
                        ComponentInstance::FromExports(exports) => {
                            exports.iter().any(|export| is_module(export.kind))
                        }
                    };
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section.clone() {
                    // Resources have core functions for destructors.
                    self.is_bound |= matches!(ty?, ComponentType::Resource { dtor: Some(_), .. });
                }
            }
            // Names of core functions by their number, which changes.
            Payload::CustomSection(section) if section.name() == "component-name" => return Ok(()),
            _ => {}
        }
        let (id, range) = payload.as_section().ok_or(Error::UnexpectedNonComponentSection)?;
        self.parts.push(Part::Other { id, bytes: &bytes[range] });
        Ok(())
    }

    /// Where an item comes from.
    pub(super) fn source(&self, item: Item) -> Source<'a> {
        self.items[item.kind as usize][item.index as usize]
    }

    /// Where what an instance exports comes from.
    pub(super) fn export(&self, instance: u32, kind: Kind, name: &'a str) -> Source<'a> {
        match &self.instances[instance as usize] {
            Instance::Of { .. } => Source::Export { instance, kind, name },
            Instance::Bag(items) => match items.iter().find(|(field, _)| *field == name) {
                Some((_, item)) => self.source(*item),
                // No valid component.
                None => Source::Export { instance, kind, name },
            },
        }
    }

    /// What a function of the canonical ABI needs.
    pub(super) fn needs(&self, function: u32) -> &[Item] {
        &self.needs[function as usize]
    }
}

/// The length of what is numbered with 32 bits.
pub(super) fn length<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).expect("a component counts with 32 bits")
}

/// Notes the core items that something refers to.
#[derive(Default)]
struct Needs(Vec<Item>);

impl Needs {
    fn note(&mut self, kind: Kind, index: u32) -> Result<u32, Error> {
        self.0.push(Item { kind, index });
        Ok(index)
    }
}

impl Reencode for Needs {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        self.note(Kind::Function, index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error> {
        self.note(Kind::Table, index)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error> {
        self.note(Kind::Memory, index)
    }
}

impl ReencodeComponent for Needs {}
