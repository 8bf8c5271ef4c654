"""What a docstring says: the text, and of the parameters under `Args:`."""

import inspect
import re
from collections.abc import Callable

_HEADING = re.compile(r"(Args|Arguments|Parameters):\s*")
_ENTRY = re.compile(r"(\w+)\s*(?:\([^)]*\))?:\s*(.*)")


def text_of(function: Callable) -> str:
    """The docstring, without its indentation."""
    return (inspect.getdoc(function) or "").strip()


def parameters_of(function: Callable) -> dict[str, str]:
    """What Google's style of docstrings says of each parameter."""
    lines = iter(text_of(function).splitlines())
    if not any(_HEADING.fullmatch(line) for line in lines):
        return {}
    found, name, indent = {}, None, None
    for line in lines:
        if line.strip() and not line.startswith(" "):
            break
        depth = len(line) - len(line.lstrip())
        indent = depth if indent is None and line.strip() else indent
        entry = _ENTRY.fullmatch(line.strip()) if depth == indent else None
        if entry:
            name = entry[1]
            found[name] = entry[2]
        elif name and line.strip():
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found
