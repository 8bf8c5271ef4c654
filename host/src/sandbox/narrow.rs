//! Puts narrower functions in the place of WASI's own.

use wasmtime::component::{Linker, LinkerInstance};

/// Replaces the one function, or resource, of `interface` that `define` defines.
///
/// # Errors
/// Where there is nothing to replace: after an upgrade of wasmtime, say, that has the interface under a new version.
/// The narrower function would stand beside the wide one, and guests would get the wide one.
pub(super) fn narrow<T: 'static>(
    linker: &mut Linker<T>,
    interface: &str,
    define: impl Fn(&mut LinkerInstance<'_, T>) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    if define(&mut linker.instance(interface)?).is_ok() {
        return Err(wasmtime::format_err!("`{interface}` lacks a function that is to be narrowed"));
    }
    linker.allow_shadowing(true);
    let defined = linker.instance(interface).and_then(|mut instance| define(&mut instance));
    linker.allow_shadowing(false);
    defined
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    #[test]
    fn only_what_is_there_is_narrowed() {
        let mut linker: Linker<()> = Linker::new(&Engine::default());
        linker.instance("a:b/c@0.2.1").unwrap().func_wrap("f", |_, (): ()| Ok(())).unwrap();
        let mut to = |interface: &str, name: &str| {
            narrow(&mut linker, interface, |instance| instance.func_wrap(name, |_, (): ()| Ok(())))
        };
        assert!(to("a:b/c@0.2.1", "f").is_ok());
        assert!(to("a:b/c@0.2.2", "f").is_err());
        assert!(to("a:b/c@0.2.1", "g").is_err());
    }
}
