//! What a component exports, by its types.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::types::{ComponentExtern, ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, ComponentExportIndex};

use crate::component::typed::{
    Case, Docs, Field, IntType, Interface, Place, Schemas, Signature, WitType, environments, snake,
};
use crate::component::{TaskPolicy, TaskSpec, Unavailable, is_of_wasi};
use crate::engine::LoadLimits;
use crate::record::MAX_DEPTH;
use crate::run::{Failure, LONGEST_LABEL, Limit, shortened};

/// What a part of a type takes beside its names, in bytes, about: in memory, and in its schema.
const PART: usize = 128;

/// How much may be made of the types of one component.
pub(in crate::engine) struct Budget {
    /// In bytes.
    left: usize,
    /// How many functions.
    functions: usize,
    most: usize,
}

impl Budget {
    /// As much as a component may describe.
    pub(in crate::engine) fn of(limits: &LoadLimits) -> Self {
        Self { left: limits.max_description, functions: 0, most: limits.max_tasks }
    }

    /// Takes one more function.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn function(&mut self) -> Result<(), Failure> {
        self.functions += 1;
        if self.functions > self.most {
            return Err(Failure::Limit(Limit::Description(format!("more than {} functions", self.most))));
        }
        Ok(())
    }

    fn take(&mut self, names: usize) -> Result<(), String> {
        let left = self.left.checked_sub(PART.saturating_add(2 * names));
        self.left = left.ok_or("has more parts than the component may describe")?;
        Ok(())
    }
}

/// A function that can be a task.
pub(in crate::engine) struct Exported {
    pub(in crate::engine) place: Place,
    pub(in crate::engine) schemas: Schemas,
    /// What its interface is called; `None` for the world's own.
    environment: Option<String>,
    /// Whether another interface of the component has its interface's own name.
    has_namesake: bool,
    /// Where it is.
    pub(super) index: ComponentExportIndex,
    pub(in crate::engine) signature: Arc<Signature>,
}

impl Exported {
    /// The task that it is.
    pub(in crate::engine) fn spec(&self, docs: &Docs) -> TaskSpec {
        let Place { interface, label } = &self.place;
        // They are of one package, and don't say of which: of several interfaces of one name, they may be of any.
        let docs = if self.has_namesake { &Docs::default() } else { docs };
        TaskSpec {
            name: self.place.task(),
            environment: self.environment.clone(),
            doc: docs.function(interface.as_ref().map(Interface::name), label),
            inputs: self.schemas.inputs.schema().text().to_owned(),
            output: self.schemas.output.text().to_owned(),
            policy: TaskPolicy::default(),
            rights: Vec::new(),
        }
    }
}

/// The functions that a component exports: those that can be tasks, and those that can't.
///
/// # Errors
/// There are more than a component may have tasks.
pub(in crate::engine) fn functions(
    engine: &Engine,
    component: &Component,
    budget: &mut Budget,
) -> Result<(Vec<Exported>, Vec<Unavailable>), Failure> {
    let ty = component.component_type();
    let exports = || ty.exports(engine).filter(|(name, _)| !is_of_wasi(name));
    let interface = |(name, export): (&str, ComponentExtern)| {
        matches!(export.ty, ComponentItem::ComponentInstance(_)).then(|| Interface::new(name))
    };
    let interfaces: HashSet<Interface> = exports().filter_map(interface).collect();
    let mut known: HashSet<&str> = HashSet::new();
    let namesakes = interfaces.iter().map(Interface::name).filter(|name| !known.insert(name)).map(str::to_owned);
    let namesakes = namesakes.collect();
    let environments = environments(interfaces);
    let mut found = Found { environments, namesakes, available: Vec::new(), unavailable: Vec::new(), budget };
    for (name, export) in exports() {
        let Some(index) = component.get_export_index(None, name) else { continue };
        match export.ty {
            ComponentItem::ComponentFunc(function) => found.function(None, name, index, &function)?,
            ComponentItem::ComponentInstance(instance) => {
                let interface = Interface::new(name);
                for (label, export) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(function) = export.ty
                        && let Some(index) = component.get_export_index(Some(&index), label)
                    {
                        found.function(Some(&interface), label, index, &function)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok((found.available, found.unavailable))
}

struct Found<'b> {
    environments: HashMap<Interface, String>,
    /// The names that several interfaces have.
    namesakes: HashSet<String>,
    available: Vec<Exported>,
    unavailable: Vec<Unavailable>,
    budget: &'b mut Budget,
}

impl Found<'_> {
    fn function(
        &mut self,
        interface: Option<&Interface>,
        label: &str,
        index: ComponentExportIndex,
        function: &ComponentFunc,
    ) -> Result<(), Failure> {
        self.budget.function()?;
        let found = signature(label, function, self.budget).and_then(|signature| {
            let schemas = signature.schemas().map_err(|error| format!("its types: {error}"))?;
            Ok((signature, schemas))
        });
        let environment = interface.and_then(|interface| self.environments.get(interface)).cloned();
        let place = Place { interface: interface.cloned(), label: label.to_owned() };
        match found {
            Ok((signature, schemas)) => {
                self.available.push(Exported {
                    place,
                    schemas,
                    environment,
                    has_namesake: interface.is_some_and(|interface| self.namesakes.contains(interface.name())),
                    index,
                    signature: Arc::new(signature),
                });
            }
            Err(reason) => {
                let task = snake(label);
                let name = environment.map_or_else(|| task.clone(), |environment| format!("{environment}.{task}"));
                let name = shortened(name, LONGEST_LABEL);
                self.unavailable.push(Unavailable { name, reason, place });
            }
        }
        Ok(())
    }
}

/// What a function takes and gives.
///
/// # Errors
/// Why it can't be a task.
pub(super) fn signature(label: &str, function: &ComponentFunc, budget: &mut Budget) -> Result<Signature, String> {
    if label.starts_with('[') {
        return Err("it belongs to a resource, and JSON has no handles".to_owned());
    }
    let mut reader = Types { budget };
    let parameters = function.params().map(|(label, ty)| {
        let named = |what| format!("its parameter `{}` {what}", shortened(snake(label), LONGEST_LABEL));
        reader.budget.take(label.len()).map_err(named)?;
        let ty = reader.read(&ty, 0).map_err(named)?;
        Ok(Field { label: label.to_owned(), name: snake(label), ty })
    });
    let parameters = parameters.collect::<Result<_, String>>()?;
    let mut result = |ty: Option<Type>| {
        ty.map(|ty| reader.read(&ty, 0)).transpose().map_err(|what| format!("its result {what}"))
    };
    match function.results().next() {
        Some(Type::Result(both)) => {
            Ok(Signature { parameters, result: result(both.ok())?, error: Some(result(both.err())?) })
        }
        other => Ok(Signature { parameters, result: result(other)?, error: None }),
    }
}

/// Reads types, as long as they are not too large.
struct Types<'b> {
    budget: &'b mut Budget,
}

impl Types<'_> {
    /// # Errors
    /// What is wrong with it, behind its name.
    fn read(&mut self, ty: &Type, depth: usize) -> Result<WitType, String> {
        // The values of such a type would be as deep.
        if depth >= MAX_DEPTH {
            return Err(format!("nests more than {MAX_DEPTH} types"));
        }
        self.budget.take(0)?;
        let depth = depth + 1;
        let mut inner = |ty: Type| self.read(&ty, depth).map(Box::new);
        Ok(match ty {
            Type::Bool => WitType::Bool,
            Type::U8 => WitType::Int(IntType::U8),
            Type::U16 => WitType::Int(IntType::U16),
            Type::U32 => WitType::Int(IntType::U32),
            Type::U64 => WitType::Int(IntType::U64),
            Type::S8 => WitType::Int(IntType::S8),
            Type::S16 => WitType::Int(IntType::S16),
            Type::S32 => WitType::Int(IntType::S32),
            Type::S64 => WitType::Int(IntType::S64),
            Type::Float32 => WitType::F32,
            Type::Float64 => WitType::F64,
            Type::Char => WitType::Char,
            Type::String => WitType::String,
            Type::List(list) if list.ty() == Type::U8 => WitType::Bytes,
            Type::List(list) => WitType::List(inner(list.ty())?),
            Type::Map(map) => WitType::Map(inner(map.key())?, inner(map.value())?),
            Type::Option(option) => WitType::Option(inner(option.ty())?),
            Type::Result(result) => {
                WitType::Result(result.ok().map(&mut inner).transpose()?, result.err().map(&mut inner).transpose()?)
            }
            Type::Record(record) => {
                let field = |field: wasmtime::component::types::Field<'_>| {
                    self.budget.take(field.name.len())?;
                    let (label, name) = (field.name.to_owned(), snake(field.name));
                    Ok(Field { label, name, ty: self.read(&field.ty, depth)? })
                };
                WitType::Record(record.fields().map(field).collect::<Result<_, String>>()?)
            }
            Type::Tuple(tuple) => {
                WitType::Tuple(tuple.types().map(|ty| self.read(&ty, depth)).collect::<Result<_, String>>()?)
            }
            Type::Variant(variant) => {
                let case = |case: wasmtime::component::types::Case<'_>| {
                    self.budget.take(case.name.len())?;
                    let payload = case.ty.map(|ty| self.read(&ty, depth)).transpose()?;
                    Ok(Case { name: case.name.to_owned(), payload })
                };
                WitType::Variant(variant.cases().map(case).collect::<Result<_, String>>()?)
            }
            Type::Enum(cases) => WitType::Enum(self.names(cases.names())?),
            Type::Flags(flags) => WitType::Flags(self.names(flags.names())?),
            Type::FixedLengthList(_) => return Err("has a list of fixed length, which is not supported".to_owned()),
            Type::Own(_) | Type::Borrow(_) => return Err("has a handle, which has no JSON".to_owned()),
            Type::Stream(_) => return Err("has a stream, which has no JSON".to_owned()),
            Type::Future(_) => return Err("has a future, which has no JSON".to_owned()),
            Type::ErrorContext => return Err("has an error context, which has no JSON".to_owned()),
        })
    }

    fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Result<Vec<String>, String> {
        names
            .map(|name| {
                self.budget.take(name.len())?;
                Ok(name.to_owned())
            })
            .collect()
    }
}
