"""The directories of which a component is made."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from .discover import Program
from .module import read
from .report import AuthorError, ToolError

#: What pydantic is made of, in pure Python. The wheels that pip installs have compiled files beside the same sources.
PYDANTIC = ("pydantic", "typing_extensions")


def copy_program(program: Program, target: Path) -> None:
    """The author's files, and no others that may lie beside them."""
    for path in program.paths():
        copy = target / path.relative_to(program.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def copy_pydantic(site: Path) -> None:
    """pydantic's sources."""
    for name in PYDANTIC:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ToolError(f"`{name}` is not installed beside the driver")
        origin = Path(spec.origin)
        if origin.parent.name != name:
            shutil.copyfile(origin, site / origin.name)
            continue
        for path in origin.parent.rglob("*.py"):
            copy = site / name / path.relative_to(origin.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def copy_runtime(target: Path) -> None:
    """The runtime, without the driver and what else lies beside it."""
    for name in ("flyte", "flyte_guest"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(__file__).parents[1] / name, target / name, ignore=ignored)


def late_imports(site: Path) -> dict[str, list[str]]:
    """What installed packages import within functions: they do so at run time, when there are no files any more."""
    late = {}
    for path in site.rglob("*.py"):
        relative = path.relative_to(site)
        parts = relative.parent.parts if path.name == "__init__.py" else relative.with_suffix("").parts
        if not parts or not all(part.isidentifier() for part in parts):
            continue
        try:
            module = read(path)
        except AuthorError:
            continue
        names = [found.module for found in module.imports if not found.early and found.level == 0]
        if names:
            late[".".join(parts)] = names
    return late


def compiled_package(site: Path) -> str | None:
    """The name of an installed package with compiled code."""
    for pattern in ("*.so", "*.pyd", "*.dylib"):
        for path in site.rglob(pattern):
            return path.relative_to(site).parts[0].split(".")[0]
    return None


def write_plan(target: Path, main: str, late: dict[str, list[str]], pydantic: bool) -> None:
    """What the runtime has to know when it is built into the component."""
    lines = ['"""Written by the driver."""', "", f"MAIN = {main!r}", f"LAZY = {late!r}", f"PYDANTIC = {pydantic!r}", ""]
    target.mkdir(parents=True, exist_ok=True)
    (target / "flyte_plan.py").write_text("\n".join(lines), encoding="utf-8")
