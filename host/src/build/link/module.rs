//! A core module: what is known of it before it is merged.

use std::collections::HashMap;

use wasmparser::{Import, Parser, Payload};

use super::Error;
use super::kind::Kind;

/// A module.
#[derive(Debug)]
pub(super) struct Module<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) sections: Vec<Payload<'a>>,
    pub(super) imports: Vec<Import<'a>>,
    pub(super) exports: HashMap<&'a str, (Kind, u32)>,
    /// How many it defines itself of each kind.
    pub(super) defined: [u32; Kind::COUNT],
    /// Types, element segments and data segments.
    pub(super) types: u32,
    pub(super) elements: u32,
    pub(super) data: u32,
    /// Whether something runs when it is instantiated.
    pub(super) starts: bool,
}

impl<'a> Module<'a> {
    /// Reads a module.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut module = Self {
            bytes,
            sections: Vec::new(),
            imports: Vec::new(),
            exports: HashMap::new(),
            defined: [0; Kind::COUNT],
            types: 0,
            elements: 0,
            data: 0,
            starts: false,
        };
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            match &payload {
                Payload::TypeSection(section) => {
                    for group in section.clone() {
                        module.types += u32::try_from(group?.types().len()).expect("a module counts with 32 bits");
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.clone().into_imports() {
                        module.imports.push(import?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section.clone() {
                        let export = export?;
                        module.exports.insert(export.name, (export.kind.into(), export.index));
                    }
                }
                Payload::FunctionSection(section) => module.defined[Kind::Function as usize] = section.count(),
                Payload::TableSection(section) => module.defined[Kind::Table as usize] = section.count(),
                Payload::MemorySection(section) => module.defined[Kind::Memory as usize] = section.count(),
                Payload::GlobalSection(section) => module.defined[Kind::Global as usize] = section.count(),
                Payload::TagSection(section) => module.defined[Kind::Tag as usize] = section.count(),
                Payload::ElementSection(section) => module.elements = section.count(),
                Payload::DataSection(section) => module.data = section.count(),
                Payload::StartSection { .. } => module.starts = true,
                _ => {}
            }
            module.sections.push(payload);
        }
        Ok(module)
    }

    /// Whether it is the one that holds what dynamic libraries share, by the names of their convention.
    pub(super) fn is_shared_by_libraries(&self) -> bool {
        let exports = |name, kind| self.exports.get(name).is_some_and(|(found, _)| *found == kind);
        self.defined[Kind::Table as usize] > 0
            && self.defined[Kind::Memory as usize] > 0
            && exports("memory", Kind::Memory)
            && exports("__indirect_function_table", Kind::Table)
    }
}
