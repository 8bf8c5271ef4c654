"""What a component has beyond Flyte's own surface: rights, tasks of other components, progress.

    from flyte_guest import external, rights

`import flyte` gives the rest; see the README.
"""

from . import rights
from .action import progress
from .errors import TaskFailed
from .external import external, invoke

__all__ = ["TaskFailed", "external", "invoke", "progress", "rights"]
