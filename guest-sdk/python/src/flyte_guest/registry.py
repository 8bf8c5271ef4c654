"""The tasks of the component, in the order in which they are defined."""

from typing import TYPE_CHECKING

from .errors import Misuse

if TYPE_CHECKING:
    from .task import Task


class Registry:
    """All tasks. A host calls them by their bare names, so these are unique."""

    def __init__(self):
        self.tasks: dict[str, "Task"] = {}

    def add(self, task: "Task") -> None:
        """Takes a task that was just defined."""
        other = self.tasks.get(task.name)
        if other is not None and other.function.__code__ is not task.function.__code__:
            line = other.function.__code__.co_firstlineno
            raise Misuse(f"two tasks of the component are named `{task.name}`; the other one is at line {line}")
        self.tasks[task.name] = task


REGISTRY = Registry()
