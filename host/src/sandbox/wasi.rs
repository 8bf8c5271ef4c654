//! The WASI a guest sees: clocks and randomness; no files, network, environment, arguments or input.

use wasmtime_wasi::WasiCtx;

use crate::run::{ActionScope, LogStream};
use crate::sandbox::logs::LogPipe;

/// A WASI context with no capability. What the guest prints becomes log events of `scope`, or nothing.
pub(crate) fn deny_all(scope: Option<&ActionScope>) -> WasiCtx {
    let mut wasi = WasiCtx::builder();
    wasi.allow_tcp(false).allow_udp(false);
    if let Some(scope) = scope.filter(|scope| scope.is_watched()) {
        wasi.stdout(LogPipe::new(scope.clone(), LogStream::Stdout));
        wasi.stderr(LogPipe::new(scope.clone(), LogStream::Stderr));
    }
    wasi.build()
}
