//! The components that the tests run, as paths. The build script compiles them.

include!(concat!(env!("OUT_DIR"), "/artifacts.rs"));
