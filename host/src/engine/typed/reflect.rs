//! What a component exports, by its types.

use wasmtime::Engine;
use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, ComponentExportIndex};

use crate::component::typed::{Case, Docs, Field, IntType, Signature, WitType, snake};
use crate::component::{TaskSpec, Unavailable};
use crate::record::MAX_DEPTH;

/// The most parts that the types of one function may have: each becomes a part of its schema.
const MOST_PARTS: usize = 10_000;

/// A function that can be a task.
pub(in crate::engine) struct Exported {
    /// The interface it is of, as its short name; `None` for the world's own.
    interface: Option<String>,
    /// As WIT has it.
    label: String,
    /// Where it is.
    pub(super) index: ComponentExportIndex,
    pub(super) signature: Signature,
}

impl Exported {
    /// The task's name, with its environment.
    pub(super) fn name(&self) -> String {
        qualified(self.interface.as_deref(), &self.label)
    }

    /// The task that it is.
    pub(in crate::engine) fn spec(&self, docs: &Docs) -> TaskSpec {
        let doc = docs.function(self.interface.as_deref(), &self.label);
        self.signature.spec(snake(&self.label), self.interface.clone(), doc)
    }
}

/// The functions that a component exports: those that can be tasks, and those that can't.
pub(in crate::engine) fn functions(engine: &Engine, component: &Component) -> (Vec<Exported>, Vec<Unavailable>) {
    let ty = component.component_type();
    let names: Vec<Interface<'_>> = ty.exports(engine).map(|(name, _)| Interface::parse(name)).collect();
    let mut found = Found::default();
    for ((name, export), interface) in ty.exports(engine).zip(&names) {
        let Some(index) = component.get_export_index(None, name) else { continue };
        match export.ty {
            ComponentItem::ComponentFunc(function) => found.function(None, name, index, &function),
            ComponentItem::ComponentInstance(instance) => {
                let is_alone = names.iter().filter(|other| other.name == interface.name).count() == 1;
                for (label, export) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(function) = export.ty
                        && let Some(index) = component.get_export_index(Some(&index), label)
                    {
                        found.function(Some(interface.short(is_alone)), label, index, &function);
                    }
                }
            }
            _ => {}
        }
    }
    (found.available, found.unavailable)
}

/// `namespace:package/name@version`, or a plain name.
pub(super) struct Interface<'n> {
    package: Option<&'n str>,
    pub(super) name: &'n str,
}

impl<'n> Interface<'n> {
    pub(super) fn parse(name: &'n str) -> Self {
        let name = name.split_once('@').map_or(name, |(name, _)| name);
        match name.rsplit_once('/') {
            Some((package, name)) => Self { package: package.rsplit(':').next(), name },
            None => Self { package: None, name },
        }
    }

    /// The name without what it shares with no other.
    fn short(&self, is_alone: bool) -> String {
        match self.package {
            Some(package) if !is_alone => format!("{package}-{}", self.name),
            _ => self.name.to_owned(),
        }
    }
}

#[derive(Default)]
struct Found {
    available: Vec<Exported>,
    unavailable: Vec<Unavailable>,
}

impl Found {
    fn function(
        &mut self,
        interface: Option<String>,
        label: &str,
        index: ComponentExportIndex,
        function: &ComponentFunc,
    ) {
        match signature(label, function) {
            Ok(signature) => {
                self.available.push(Exported { interface, label: label.to_owned(), index, signature });
            }
            Err(reason) => {
                self.unavailable.push(Unavailable { name: qualified(interface.as_deref(), label), reason });
            }
        }
    }
}

pub(super) fn qualified(interface: Option<&str>, label: &str) -> String {
    let name = snake(label);
    match interface {
        Some(interface) => format!("{interface}.{name}"),
        None => name,
    }
}

/// What a function takes and gives.
///
/// # Errors
/// Why it can't be a task.
pub(in crate::engine) fn signature(label: &str, function: &ComponentFunc) -> Result<Signature, String> {
    if label.starts_with('[') {
        return Err("it belongs to a resource, and JSON has no handles".to_owned());
    }
    let mut reader = Types { left: MOST_PARTS };
    let parameters = function.params().map(|(label, ty)| {
        let ty = reader.read(&ty, 0).map_err(|what| format!("its parameter `{}` {what}", snake(label)))?;
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
struct Types {
    left: usize,
}

impl Types {
    /// # Errors
    /// What is wrong with it, behind its name.
    fn read(&mut self, ty: &Type, depth: usize) -> Result<WitType, String> {
        // The values of such a type would be as deep.
        if depth >= MAX_DEPTH {
            return Err(format!("nests more than {MAX_DEPTH} types"));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("has more than {MOST_PARTS} parts"))?;
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
            Type::FixedLengthList(list) => WitType::FixedList(inner(list.ty())?, list.len()),
            Type::Map(map) => WitType::Map(inner(map.key())?, inner(map.value())?),
            Type::Option(option) => WitType::Option(inner(option.ty())?),
            Type::Result(result) => {
                WitType::Result(result.ok().map(&mut inner).transpose()?, result.err().map(&mut inner).transpose()?)
            }
            Type::Record(record) => {
                let field = |field: wasmtime::component::types::Field<'_>| {
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
                    let payload = case.ty.map(|ty| self.read(&ty, depth)).transpose()?;
                    Ok(Case { name: case.name.to_owned(), payload })
                };
                WitType::Variant(variant.cases().map(case).collect::<Result<_, String>>()?)
            }
            Type::Enum(cases) => WitType::Enum(cases.names().map(ToOwned::to_owned).collect()),
            Type::Flags(flags) => WitType::Flags(flags.names().map(ToOwned::to_owned).collect()),
            Type::Own(_) | Type::Borrow(_) => return Err("has a handle, which has no JSON".to_owned()),
            Type::Stream(_) => return Err("has a stream, which has no JSON".to_owned()),
            Type::Future(_) => return Err("has a future, which has no JSON".to_owned()),
            Type::ErrorContext => return Err("has an error context, which has no JSON".to_owned()),
        })
    }
}
