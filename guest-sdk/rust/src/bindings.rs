//! What `wit-bindgen` makes of `wit/task.wit`. Only `host::wasm` and `component` speak these types.

/// Public so that `export!` can name it from another crate; reached through `__private` alone.
pub mod wit {
    wit_bindgen::generate!({
        path: "wit",
        world: "task-component",
        pub_export_macro: true,
        default_bindings_module: "::flyte_guest::__private::bindings",
    });
}
