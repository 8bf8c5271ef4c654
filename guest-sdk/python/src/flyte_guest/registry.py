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
        if other is not None:
            # Even where both have the same code: their environments may differ, or what they close over.
            lines = [each.function.__code__.co_firstlineno for each in (other, task)]
            places = f"at lines {lines[0]} and {lines[1]}" if lines[0] != lines[1] else f"both at line {lines[0]}"
            raise Misuse(f"two tasks of the component are named `{task.name}`, {places}")
        self.tasks[task.name] = task


REGISTRY = Registry()
