"""What a task asks of its host: in a component the host itself, natively a stand-in within the process."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .native import NativeHost
    from .wasm import WasmHost

_host = None


def host() -> "WasmHost | NativeHost":
    """The host."""
    global _host
    if _host is None:
        if sys.platform == "wasi":
            from .wasm import WasmHost as made
        else:
            from .native import NativeHost as made
        _host = made()
    return _host
