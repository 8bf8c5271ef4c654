"""Which files beside the author's belong to the program: those that it imports, and that these import."""

import sys
from pathlib import Path

from .module import Import, Module, read
from .report import refuse

#: What `import` gives in a component, whatever lies beside the file.
OURS = frozenset({"flyte", "flyte_guest", "flyte_plan", "flyte_build", "wit_world", "componentize_py_types"})


class Program:
    """The author's file and the modules beside it."""

    def __init__(self, source: Path):
        self.source = source
        self.root = source.parent
        #: By their names as modules.
        self.modules: dict[str, Module] = {}
        #: What is imported from elsewhere: where first, by the name of the package.
        self.foreign: dict[str, tuple[Module, Import]] = {}
        #: Files that would be imported instead of what is, if they were there.
        self.absent: set[Path] = set()
        if source.stem in OURS or source.stem in sys.stdlib_module_names or source.stem == "pydantic":
            raise refuse(f"`{source.name}` hides the module `{source.stem}`: give the file another name", file=source)
        self._read(source.stem, source)

    def _read(self, name: str, path: Path) -> None:
        if name in self.modules:
            return
        module = self.modules[name] = read(path)
        is_package = path.name == "__init__.py"
        for found in module.imports:
            base = found.module
            if found.level:
                parents = name.split(".") if is_package else name.split(".")[:-1]
                parents = parents[: len(parents) - found.level + 1]
                base = ".".join([*parents, found.module] if found.module else parents)
            self._follow(module, found, base)

    def _follow(self, module: Module, found: Import, base: str) -> None:
        known = self._local(module, found, base) if base else not found.level
        if not known:
            self.foreign.setdefault(base.split(".")[0], (module, found))
            return
        for name in found.names:
            self._local(module, found, f"{base}.{name}" if base else name)

    def _local(self, module: Module, found: Import, dotted: str) -> bool:
        """Takes a module of that name beside the file, and the packages it is in; tells whether there is one."""
        directory, parts, taken = self.root, dotted.split("."), False
        for depth, part in enumerate(parts, 1):
            name = ".".join(parts[:depth])
            package, plain = directory / part / "__init__.py", directory / f"{part}.py"
            path = package if package.is_file() else plain if plain.is_file() else None
            self.absent.update({package, plain} if path is None else {package} - {path})
            if path is not None:
                if depth == 1:
                    self._check_name(module, found, part, path)
                if part in OURS and depth == 1:
                    return False
                self._read(name, path)
                taken = True
            directory = directory / part
        return taken

    def _check_name(self, module: Module, found: Import, name: str, path: Path) -> None:
        if name in sys.stdlib_module_names:
            raise refuse(
                f"`{path.name}` beside the file hides Python's own module `{name}`: give it another name",
                file=module.path,
                line=found.line,
            )

    def paths(self) -> list[Path]:
        """All files, the author's first."""
        return [module.path for module in self.modules.values()]

    def may_block(self) -> bool:
        """Whether a task may have to block for a child."""
        return any(module.may_block for module in self.modules.values())

    def late_imports(self) -> dict[str, list[str]]:
        """What each module imports within functions, or where it may not get to."""
        late = {}
        for name, module in self.modules.items():
            names = [other for found in module.imports if not found.early for other in _names(name, module, found)]
            if names:
                late[name] = names
        return late


def _names(name: str, module: Module, found: Import) -> list[str]:
    if found.level:
        parents = name.split(".") if module.path.name == "__init__.py" else name.split(".")[:-1]
        parents = parents[: len(parents) - found.level + 1]
        base = ".".join([*parents, found.module] if found.module else parents)
    else:
        base = found.module
    return [base] if not found.names else [base, *(f"{base}.{other}" for other in found.names)]
