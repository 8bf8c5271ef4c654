"""What an instance takes up again: its memory was made when the component was built, elsewhere."""

import os
import sys

from wit_world.imports import environment

from . import late_imports
from .host import wasm
from .task import Task

#: The variables that `os.environ` was made of, the host's and the task's own.
_known: tuple[list[tuple[str, str]], dict[str, str]] = ([], {})
#: Whether this instance draws random numbers of its own.
_is_seeded = False


def forget_the_build() -> None:
    """At the end of the build: its variables are not those of a run."""
    os.environ.clear()


def is_shared(task: Task) -> bool:
    """Whether other actions may run in the instance beside one of this task. Who may block runs alone."""
    return task.policy.reuse is not None and task.policy.reuse.concurrency > 1 and wasm.blocking_actions is None


def begin(task: Task) -> None:
    """Before a task runs."""
    global _known, _is_seeded
    late_imports.close()
    variables = environment.get_environment(), task.environment.env_vars
    # Compared with what was taken last: to look through `os.environ` takes longer than many a task.
    if variables != _known:
        _known = variables
        os.environ.clear()
        os.environ.update(dict(variables[0]) | variables[1])
    if not _is_seeded:
        _is_seeded = True
        if (random := sys.modules.get("random")) is not None:
            # Or every instance would draw what was drawn when the component was built.
            random.seed()
