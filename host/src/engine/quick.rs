//! Code that is soon there, for a component that is not kept yet; optimised code where it is.

use wasmtime::component::Component;

use crate::engine::aot::Key;
use crate::engine::compile::{self, Place, Source};
use crate::engine::optimise::{self, Optimising};
use crate::engine::{LoadError, LoadTerms, Runtime};

/// The largest component that is compiled quickly, in bytes. Above it are the interpreters of other languages: compiled
/// quickly, a frame of one's main loop has some 40 KiB, and programs that are nested a little run out of stack.
const LARGEST: usize = 3 << 19;

/// The compiled component; where it was compiled quickly, now or before, optimised code is being made.
///
/// # Errors
/// [`LoadError::Compile`], [`LoadError::CompileTime`].
pub(super) async fn component(
    runtime: &Runtime,
    source: Source<'_>,
    terms: &LoadTerms,
) -> Result<(Component, Option<Optimising>), LoadError> {
    let engine = runtime.engine();
    let Some(cache) = terms.cache.clone().filter(|_| terms.is_quick) else {
        return Ok((compile::component(engine, source, terms).await?, None));
    };
    let best = Place { cache: cache.clone(), key: Key::new(engine, source.digest), quick: None };
    if let Some(component) = compile::kept(engine, source.path, &best, terms).await? {
        return Ok((component, None));
    }
    let compiler = if source.bytes.len() > LARGEST { None } else { runtime.quick_compiler() };
    let Some(compiler) = compiler else {
        return Ok((compile::in_turn(engine, source, terms, best, None).await?, None));
    };
    let quick = Place { cache, key: Key::quick(&compiler, source.digest), quick: Some(compiler) };
    let component = match compile::kept(engine, source.path, &quick, terms).await? {
        Some(component) => component,
        None => compile::in_turn(engine, source.clone(), terms, quick.clone(), Some(&best)).await?,
    };
    Ok((component, optimise::start(runtime, source, terms, best, quick.key)))
}
