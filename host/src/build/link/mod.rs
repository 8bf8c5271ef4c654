//! Links what a language's tools leave to be linked when a component is instantiated.
//!
//! Those tools make a component of several core modules that share a memory and a table, as dynamic libraries do
//! (<https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md>): each puts its functions into the
//! table when it is instantiated, thousands of them for Python, one by one, for each action anew. Linked to one module,
//! the table's contents are known to the engine when it compiles, it looks up only what is called, and calls from one
//! library to another are direct.
//!
//! What a component imports and exports stays as it is. Modules whose imports are made of the shared memory stay apart,
//! as they can be instantiated after it only, and so do those that come after them.

mod chosen;
mod emit;
mod graph;
mod kind;
mod merge;
mod module;
#[cfg(test)]
mod tests;

use wasm_encoder::reencode;
use wasmparser::{Validator, WasmFeatures};

use graph::{Graph, Part};

/// A component that is no valid one.
pub(super) type Error = reencode::Error<std::convert::Infallible>;

/// What the components have that are linked, and what comes of that.
const FEATURES: WasmFeatures = WasmFeatures::all().difference(WasmFeatures::GC);

/// The component with its libraries linked, and those of the components in it. None where it has none, or where they can't
/// be one: then it is to stay as it is.
pub(super) fn linked(component: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let is_valid = |component: &[u8]| Validator::new_with_features(FEATURES).validate_all(component);
    is_valid(component)?;
    let linked = linked_within(component)?.component;
    Ok(linked.filter(|linked| is_valid(linked).is_ok()))
}

/// A component that was looked into.
struct Linked {
    component: Option<Vec<u8>>,
    /// Whether those around it have something that this one refers to by number.
    is_bound: bool,
}

fn linked_within(component: &[u8]) -> Result<Linked, Error> {
    let mut graph = Graph::of(component)?;
    let mut is_changed = false;
    for part in &mut graph.parts {
        let Part::Component(bytes) = part else { continue };
        let within = linked_within(bytes)?;
        graph.is_bound |= within.is_bound;
        if let Some(linked) = within.component {
            (*bytes, is_changed) = (linked.into(), true);
        }
    }
    let chosen = chosen::instances(&graph);
    let linked = if chosen.len() > 1 { emit::component(&graph, &chosen)? } else { None };
    let component = linked.or_else(|| is_changed.then(|| emit::as_it_is(&graph)));
    Ok(Linked { component, is_bound: graph.is_bound })
}
