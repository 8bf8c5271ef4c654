"""One file of the author's: what it imports, and what in it decides how the component is made."""

import ast
import io
import re
import sys
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

from .report import refuse

#: The version of Python that runs in components.
GUEST_VERSION = (3, 14)
#: What newer versions write and older ones can't read. Of an error in such a line, the component's Python decides.
_NEWER = re.compile(
    r"^\s*type\s+\w+|^\s*(async\s+)?(def|class)\s+\w+\s*\[|\b[rR]?[fFtT][rR]?['\"]|^\s*except\b[^(]*,|^\s*\*"
)
_IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+([\w, ]+)|import\s+([\w., ]+))", re.MULTILINE)


@dataclass(frozen=True)
class Import:
    """An import: `from <dots><module> import <names>`, or `import <module>`."""

    module: str
    names: tuple[str, ...]
    level: int
    line: int
    #: Whether it is run with the module, rather than within a function or a condition that may not hold.
    early: bool


@dataclass
class Module:
    """A file of the author's."""

    path: Path
    imports: list[Import] = field(default_factory=list)
    #: Whether something in it may have to block: a sync task, or `flyte.map(…)`.
    may_block: bool = False


def read(path: Path) -> Module:
    """Reads a file.

    Raises `AuthorError` where it is no Python.
    """
    text = source_text(path)
    try:
        tree = ast.parse(text, str(path))
    except SyntaxError as error:
        lines = text.splitlines()
        line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
        if sys.version_info[:2] >= GUEST_VERSION or not _NEWER.search(line):
            place = {"line": error.lineno, "column": error.offset or None}
            raise refuse(f"{type(error).__name__}: {error.msg}", file=path, **place) from None
        return Module(path, list(_imports_of_text(text)), may_block=True)
    except ValueError as error:
        raise refuse(str(error), file=path) from None
    return Module(path, list(_imports(tree)), may_block=any(map(_blocks, ast.walk(tree))))


def source_text(path: Path) -> str:
    """The text of a file, in the encoding it declares."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise refuse(f"not readable as Python: {error}", file=path) from None
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}", file=path) from None


def _imports(tree: ast.AST, early: bool = True):
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _is_main(node.test):
            # Not run: the module is never `__main__` in a component.
            for other in node.orelse:
                yield from _imports(ast.Module([other], []), early)
            continue
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, (), 0, node.lineno, early)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(name.name for name in node.names)
            yield Import(node.module or "", names, node.level, node.lineno, early)
        else:
            within = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Try, ast.If))
            yield from _imports(node, early and not within)


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _imports_of_text(text: str):
    for match in _IMPORT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match[3]:
            for name in match[3].split(","):
                yield Import(name.split()[0], (), 0, line, False)
        else:
            level = len(match[1]) - len(match[1].lstrip("."))
            names = tuple(name.split()[0] for name in match[2].split(",") if name.strip())
            yield Import(match[1].lstrip("."), names, level, line, False)


def _blocks(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        calls = (decorator.func if isinstance(decorator, ast.Call) else decorator for decorator in node.decorator_list)
        return any(isinstance(call, ast.Attribute) and call.attr == "task" for call in calls)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "map"
    return isinstance(node, ast.ImportFrom) and node.module == "flyte" and any(n.name == "map" for n in node.names)


def statement_line(path: Path, line: int) -> int:
    """The line of a `def` whose decorators begin at `line`."""
    for number, text in enumerate(io.StringIO(source_text(path)), 1):
        if number >= line and re.match(r"\s*(async\s+def|def)\b", text):
            return number
    return line


def class_line(path: Path, qualified: str) -> int | None:
    """The line of a class."""
    match = re.search(rf"^\s*class\s+{re.escape(qualified.rsplit('.', 1)[-1])}\b", source_text(path), re.MULTILINE)
    if match is None:
        return None
    text = source_text(path)
    return text.count("\n", 0, match.end()) + 1
