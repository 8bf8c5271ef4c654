"""The world of Python's components: the contract, and what of WASI the runtime itself calls."""

import shutil
from pathlib import Path

from .report import ToolError

WORLD = "python-component"
_CLOCKS = """package wasi:clocks@0.3.0;

interface monotonic-clock {
  wait-for: async func(how-long: u64);
}
"""
_CLI = """package wasi:cli@0.2.0;

interface environment {
  get-environment: func() -> list<tuple<string, string>>;
}
"""


def write(contract: Path, target: Path, may_block: bool) -> None:
    """Writes the world beside the contract.

    Who imports `blocking-actions` runs one action at a time, so only who needs it does.
    """
    source = contract / "task.wit"
    if not source.is_file():
        raise ToolError(f"there is no {source}")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / "task.wit")
    imports = ["context", "actions", *(["blocking-actions"] if may_block else [])]
    imports += ["wasi:clocks/monotonic-clock@0.3.0", "wasi:cli/environment@0.2.0"]
    # `turn` is never called: with it the world has a future, by which the event loop wakes one call from another.
    exports = "  export task-set;\n  export turn: func() -> future<u8>;\n"
    body = "".join(f"  import {name};\n" for name in imports) + exports
    text = f"package flyte:task@0.1.0;\n\nworld {WORLD} {{\n{body}}}\n"
    (target / "python.wit").write_text(text, encoding="utf-8")
    for name, wit in (("clocks", _CLOCKS), ("cli", _CLI)):
        package = target / "deps" / name
        package.mkdir(parents=True, exist_ok=True)
        (package / f"{name}.wit").write_text(wit, encoding="utf-8")
