//! Several modules as one: what one imports from another is the other's own.

use std::collections::HashMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Reencode, utils};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, ExportSection, FunctionSection, GlobalSection,
    ImportSection, MemorySection, NameMap, NameSection, TableSection, TagSection, TypeSection,
};
use wasmparser::{KnownCustom, Name, NameSectionReader, Operator, Payload};

use super::Error;
use super::graph::{Graph, Instance, Source};
use super::kind::Kind;
use super::module::Module;

/// Modules as one.
pub(super) struct Merged<'a> {
    pub(super) module: wasm_encoder::Module,
    /// What it imports, by the numbers `"0"`, `"1"` … as names.
    pub(super) imports: Vec<Source<'a>>,
    /// The names of what it exports.
    pub(super) exports: HashMap<Source<'a>, String>,
}

/// An item of the module that is made, before it is known how many imports come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Imported(u32),
    Defined(u32),
}

/// Merges the modules of these instances; `wanted` is what others take from them.
pub(super) fn merged<'a>(
    graph: &'a Graph<'a>,
    instances: &[u32],
    wanted: &[Source<'a>],
) -> Result<Merged<'a>, Error> {
    let mut plan = Plan::default();
    for instance in instances {
        plan.place(graph, *instance)?;
    }
    let mut module = wasm_encoder::Module::new();
    let exports = plan.encode(wanted, &mut module)?;
    Ok(Merged { module, imports: plan.imports.into_iter().map(|(source, _)| source).collect(), exports })
}

/// Where everything goes.
#[derive(Default)]
struct Plan<'a> {
    placed: Vec<Placed<'a>>,
    by_instance: HashMap<u32, usize>,
    imports: Vec<(Source<'a>, wasm_encoder::EntityType)>,
    imported: HashMap<Source<'a>, Slot>,
    /// How many are imported, and defined so far, of each kind.
    counts: [(u32, u32); Kind::COUNT],
    types: u32,
    elements: u32,
    data: u32,
}

/// A module, and where its items go.
struct Placed<'a> {
    module: &'a Module<'a>,
    slots: [Vec<Slot>; Kind::COUNT],
    /// The values of those of its globals that never change.
    constants: Vec<Option<i32>>,
    types: u32,
    elements: u32,
    data: u32,
}

impl<'a> Plan<'a> {
    fn place(&mut self, graph: &'a Graph<'a>, instance: u32) -> Result<(), Error> {
        let Instance::Of { module, args } = &graph.instances[instance as usize] else {
            return Err(Error::UnexpectedNonCoreModuleSection);
        };
        let module = &graph.modules[*module as usize];
        let args: HashMap<&str, u32> = args.iter().copied().collect();
        let (types, elements, data) = (self.types, self.elements, self.data);
        let mut placed = Placed { module, slots: Default::default(), constants: Vec::new(), types, elements, data };
        for import in &module.imports {
            let kind = Kind::of(import);
            let from = args.get(import.module).ok_or(Error::UnexpectedNonComponentSection)?;
            let source = graph.export(*from, kind, import.name);
            let (slot, constant) = match self.export(source) {
                Some(own) => own,
                None => (self.import(source, kind, placed.numbers(&self.counts).entity_type(import.ty)?), None),
            };
            placed.slots[kind as usize].push(slot);
            if kind == Kind::Global {
                placed.constants.push(constant);
            }
        }
        for ((slots, count), (_, so_far)) in placed.slots.iter_mut().zip(module.defined).zip(&mut self.counts) {
            slots.extend((*so_far..*so_far + count).map(Slot::Defined));
            *so_far += count;
        }
        for payload in &module.sections {
            if let Payload::GlobalSection(section) = payload {
                for global in section.clone() {
                    let global = global?;
                    let value = value(&global.init_expr, &placed.constants)?;
                    placed.constants.push(value.filter(|_| !global.ty.mutable));
                }
            }
        }
        self.types += module.types;
        self.elements += module.elements;
        self.data += module.data;
        self.by_instance.insert(instance, self.placed.len());
        self.placed.push(placed);
        Ok(())
    }

    /// What a placed module exports.
    fn export(&self, source: Source<'a>) -> Option<(Slot, Option<i32>)> {
        let Source::Export { instance, kind, name } = source else { return None };
        let placed = &self.placed[*self.by_instance.get(&instance)?];
        let (_, index) = placed.module.exports.get(name)?;
        let slot = placed.slots[kind as usize][*index as usize];
        let constant = if kind == Kind::Global { placed.constants[*index as usize] } else { None };
        Some((slot, constant))
    }

    fn import(&mut self, source: Source<'a>, kind: Kind, ty: wasm_encoder::EntityType) -> Slot {
        *self.imported.entry(source).or_insert_with(|| {
            self.imports.push((source, ty));
            let (imported, _) = &mut self.counts[kind as usize];
            *imported += 1;
            Slot::Imported(*imported - 1)
        })
    }

    /// All sections, in the order of the format. Gives the names of exports.
    fn encode(
        &self,
        wanted: &[Source<'a>],
        module: &mut wasm_encoder::Module,
    ) -> Result<HashMap<Source<'a>, String>, Error> {
        let (mut types, mut functions, mut tables) =
            (TypeSection::new(), FunctionSection::new(), TableSection::new());
        let (mut memories, mut tags, mut globals) = (MemorySection::new(), TagSection::new(), GlobalSection::new());
        let (mut elements, mut code, mut data) = (ElementSection::new(), CodeSection::new(), DataSection::new());
        let mut names = Vec::new();
        for placed in &self.placed {
            let mut numbers = placed.numbers(&self.counts);
            for payload in &placed.module.sections {
                match payload {
                    Payload::TypeSection(section) => numbers.parse_type_section(&mut types, section.clone())?,
                    Payload::FunctionSection(section) => {
                        numbers.parse_function_section(&mut functions, section.clone())?
                    }
                    Payload::TableSection(section) => numbers.parse_table_section(&mut tables, section.clone())?,
                    Payload::MemorySection(section) => {
                        numbers.parse_memory_section(&mut memories, section.clone())?
                    }
                    Payload::TagSection(section) => numbers.parse_tag_section(&mut tags, section.clone())?,
                    Payload::GlobalSection(section) => {
                        numbers.parse_global_section(&mut globals, section.clone())?
                    }
                    Payload::ElementSection(section) => {
                        numbers.parse_element_section(&mut elements, section.clone())?
                    }
                    Payload::CodeSectionEntry(body) => numbers.parse_function_body(&mut code, body.clone())?,
                    Payload::DataSection(section) => numbers.parse_data_section(&mut data, section.clone())?,
                    Payload::CustomSection(section) => {
                        if let KnownCustom::Name(section) = section.as_known() {
                            numbers.note_names(section, &mut names)?;
                        }
                    }
                    _ => {}
                }
            }
        }
        let mut imports = ImportSection::new();
        for (number, (_, ty)) in self.imports.iter().enumerate() {
            imports.import("", &number.to_string(), *ty);
        }
        let (exports, exported) = self.exports(wanted);
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&memories);
        if !tags.is_empty() {
            module.section(&tags);
        }
        module.section(&globals).section(&exports).section(&elements);
        module.section(&DataCountSection { count: data.len() }).section(&code).section(&data);
        module.section(&function_names(names));
        Ok(exported)
    }

    fn exports(&self, wanted: &[Source<'a>]) -> (ExportSection, HashMap<Source<'a>, String>) {
        let (mut section, mut exported) = (ExportSection::new(), HashMap::new());
        for source in wanted {
            let (Source::Export { instance, kind, name }, Some((slot, _))) = (*source, self.export(*source)) else {
                continue;
            };
            exported.entry(*source).or_insert_with(|| {
                let name = format!("{instance}:{name}");
                section.export(&name, kind.into(), number(slot, self.counts[kind as usize].0));
                name
            });
        }
        (section, exported)
    }
}

impl<'a> Placed<'a> {
    fn numbers<'p>(&'p self, counts: &[(u32, u32); Kind::COUNT]) -> Numbers<'p, 'a> {
        Numbers { placed: self, imported: counts.map(|(imported, _)| imported) }
    }
}

/// Numbers a module's items anew.
struct Numbers<'p, 'a> {
    placed: &'p Placed<'a>,
    imported: [u32; Kind::COUNT],
}

impl Numbers<'_, '_> {
    fn number(&self, kind: Kind, index: u32) -> Result<u32, Error> {
        let slots = &self.placed.slots[kind as usize];
        // No valid module.
        let slot = slots.get(index as usize).ok_or(Error::UnexpectedNonCoreModuleSection)?;
        Ok(number(*slot, self.imported[kind as usize]))
    }

    /// Whether a function is imported from a module that is here too: that has the name for it.
    fn is_of_another(&self, function: u32) -> bool {
        let slots = &self.placed.slots[Kind::Function as usize];
        let imported = slots.len() - self.placed.module.defined[Kind::Function as usize] as usize;
        slots[..imported].get(function as usize).is_some_and(|slot| matches!(slot, Slot::Defined(_)))
    }

    fn note_names<'n>(&self, section: NameSectionReader<'n>, names: &mut Vec<(u32, &'n str)>) -> Result<(), Error> {
        for name in section {
            if let Name::Function(map) = name? {
                for naming in map {
                    let naming = naming?;
                    if self.is_of_another(naming.index) {
                        continue;
                    }
                    names.push((self.number(Kind::Function, naming.index)?, naming.name));
                }
            }
        }
        Ok(())
    }
}

impl Reencode for Numbers<'_, '_> {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.placed.types + index)
    }

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        self.number(Kind::Function, index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error> {
        self.number(Kind::Table, index)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error> {
        self.number(Kind::Memory, index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error> {
        self.number(Kind::Global, index)
    }

    fn tag_index(&mut self, index: u32) -> Result<u32, Error> {
        self.number(Kind::Tag, index)
    }

    fn element_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.placed.elements + index)
    }

    fn data_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.placed.data + index)
    }

    /// The engine fills a table ahead of time where it can see the place.
    fn const_expr(&mut self, expression: wasmparser::ConstExpr<'_>) -> Result<wasm_encoder::ConstExpr, Error> {
        match value(&expression, &self.placed.constants)? {
            Some(value) => Ok(wasm_encoder::ConstExpr::i32_const(value)),
            None => utils::const_expr(self, expression),
        }
    }
}

/// The value of a constant expression of 32 bits, where all in it is known.
fn value(expression: &wasmparser::ConstExpr<'_>, globals: &[Option<i32>]) -> Result<Option<i32>, Error> {
    let mut operators = expression.get_operators_reader();
    let mut stack = Vec::new();
    loop {
        let value = match operators.read()? {
            Operator::End => return Ok(stack.pop()),
            Operator::I32Const { value } => Some(value),
            Operator::GlobalGet { global_index } => globals.get(global_index as usize).copied().flatten(),
            Operator::I32Add => two(&mut stack, i32::wrapping_add),
            Operator::I32Sub => two(&mut stack, i32::wrapping_sub),
            _ => None,
        };
        let Some(value) = value else { return Ok(None) };
        stack.push(value);
    }
}

fn two(stack: &mut Vec<i32>, operation: fn(i32, i32) -> i32) -> Option<i32> {
    let (right, left) = (stack.pop()?, stack.pop()?);
    Some(operation(left, right))
}

/// What none of the modules defines may have names from several.
fn function_names(mut names: Vec<(u32, &str)>) -> NameSection {
    names.sort_unstable();
    names.dedup_by_key(|(index, _)| *index);
    let mut map = NameMap::new();
    for (index, name) in names {
        map.append(index, name);
    }
    let mut section = NameSection::new();
    section.functions(&map);
    section
}

fn number(slot: Slot, imported: u32) -> u32 {
    match slot {
        Slot::Imported(index) => index,
        Slot::Defined(index) => imported + index,
    }
}
