"""What an instance takes up again: its memory was made when the component was built, elsewhere."""

import os
import sys

from wit_world.imports import environment

from . import late_imports
from .task import Task


def begin(task: Task) -> None:
    """Before a task runs."""
    late_imports.close()
    variables = dict(environment.get_environment()) | task.environment.env_vars
    if variables != os.environ:
        os.environ.clear()
        os.environ.update(variables)
    random = sys.modules.get("random")
    if random is not None:
        # Or every instance would draw what was drawn when the component was built.
        random.seed()
