"""What happens once, when the component is built: the author's file is run, and its tasks are described.

Whatever is wrong is told to the driver as JSON behind a marker, with the author's file and line.
"""

import importlib
import importlib.util
import json
import linecache
import sys
import traceback
from typing import NoReturn

from flyte_plan import LAZY, MAIN, PYDANTIC

from . import sources
from .described import described
from .errors import Misuse
from .registry import REGISTRY
from .values.problem import reason

MARKER = "flyte-build-refused:"


class Refused(Exception):
    """The author has to change something."""


def specs() -> list:
    """Runs the author's file and describes its tasks."""
    spec = importlib.util.find_spec(MAIN)
    sources.set_root(spec.origin.rsplit("/", 1)[0])
    _import_main()
    if not REGISTRY.tasks:
        _refuse([{"message": "the file has no task", "kind": "no-task"}])
    found, problems = [], []
    for task in REGISTRY.tasks.values():
        try:
            found.append(described(task))
        except Exception as error:
            # Types, defaults and their factories are the author's code, which may raise anything.
            problems.append(_problem_of_task(task, error))
    if problems:
        _refuse(problems)
    _import_what_is_imported_late()
    _keep_sources()
    return found


def _import_main() -> None:
    try:
        if PYDANTIC:
            from . import pydantic2

            pydantic2.install()
        importlib.import_module(MAIN)
    except SyntaxError as error:
        name = sources.author_file(error.filename or "")
        problem = {"message": error.msg, "file": name, "line": error.lineno, "column": error.offset}
        _refuse([problem])
    except BaseException as error:
        _refuse([_problem_of(error)])


def _problem_of(error: BaseException) -> dict:
    """An exception that came out of the author's module."""
    place = {}
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = sources.author_file(frame.f_code.co_filename)
        if name:
            place = {"file": name, "line": line}
    if isinstance(error, Misuse):
        return {"message": str(error), "help": error.help, **place}
    if isinstance(error, ImportError):
        return {"message": str(error), "kind": "import", "module": error.name, **place}
    text = f"{type(error).__qualname__}: {error}" if str(error) else type(error).__qualname__
    help = "this is run when the component is built, not when a task is: it has no files, no network and no environment"
    return {"message": text, "help": help, **place}


def _problem_of_task(task, error: Exception) -> dict:
    owner = getattr(error, "owner", None)
    if owner is not None and (name := sources.author_file(_file_of(owner))):
        return {"message": f"`{owner.__qualname__}`: {reason(error)}", "file": name, "class": owner.__qualname__}
    code = task.function.__code__
    message = f"the task `{task.name}`: {reason(error)}"
    return {"message": message, "file": sources.author_file(code.co_filename), "line": code.co_firstlineno}


def _file_of(cls: type) -> str:
    return getattr(sys.modules.get(cls.__module__), "__file__", None) or ""


def _refuse(problems: list[dict]) -> NoReturn:
    raise Refused(f"{MARKER}{json.dumps(problems)}")


def _import_what_is_imported_late() -> None:
    """Imports now what functions import: at run time a component has no files to import from."""
    done = set()
    while missing := [name for name in LAZY if name in sys.modules and name not in done]:
        for name in missing:
            done.add(name)
            for late in LAZY[name]:
                try:
                    importlib.import_module(late)
                except Exception:
                    # As at run time, where it then fails with the reason.
                    continue
    for late in ("_strptime", "encodings.idna", "encodings.latin_1", "encodings.ascii", "encodings.utf_8_sig"):
        importlib.import_module(late)


def _keep_sources() -> None:
    """Keeps the lines of the author's files, for tracebacks that they print."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and sources.author_file(file):
            lines = linecache.getlines(file)
            # Without a time, it is never looked at again whether the file has changed.
            linecache.cache[file] = (0, None, lines, file)
