//! Links what a language's tools leave to be linked when a component is instantiated.
//!
//! Those tools make a component of several core modules that share a memory and a table, as dynamic libraries do
//! (<https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md>): each puts its functions into the
//! table when it is instantiated, thousands of them for Python, one by one, for each action anew. Linked to one module,
//! the table's contents are known to the engine when it compiles, it looks up only what is called, and calls from one
//! library to another are direct.
//!
//! What a component imports and exports stays as it is. Modules whose imports are made of the shared memory stay apart,
//! as they can be instantiated after it only.

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

/// What can't be linked: a component that is no valid one, before or after.
pub(super) type Error = reencode::Error<std::convert::Infallible>;

/// The component with its libraries linked, and those of the components in it; None where it has none.
pub(super) fn linked(component: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Some(linked) = linked_within(component)? else { return Ok(None) };
    Validator::new_with_features(WasmFeatures::all()).validate_all(&linked)?;
    Ok(Some(linked))
}

fn linked_within(component: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let mut graph = Graph::of(component)?;
    let mut is_changed = false;
    for part in &mut graph.parts {
        if let Part::Component(bytes) = part
            && let Some(linked) = linked_within(bytes)?
        {
            (*bytes, is_changed) = (linked.into(), true);
        }
    }
    let chosen = chosen::instances(&graph);
    if chosen.len() > 1 {
        return emit::component(&graph, &chosen).map(Some);
    }
    if is_changed { emit::as_it_is(&graph).map(Some) } else { Ok(None) }
}
