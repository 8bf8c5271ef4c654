"""The action that a task runs as."""

from typing import NamedTuple

from .body import Body, body
from .host import host


class ActionID(NamedTuple):
    """An action's id within its run, and the run's."""

    name: str
    run_name: str


class TaskContext(NamedTuple):
    """What `flyte.ctx()` tells."""

    action: ActionID
    #: The id of the action that invoked this one; None for the root.
    parent: str | None
    #: The task's name in the host's catalog.
    task: str
    #: The number of this attempt, from 1.
    attempt: int
    mode: str = "remote"

    @property
    def run(self) -> str:
        """The run's id."""
        return self.action.run_name

    def is_in_cluster(self) -> bool:
        """Whether this is a cluster. A sandbox is none."""
        return False


def ctx() -> TaskContext | None:
    """The action that runs; None outside of one."""
    if body() is Body.NONE:
        return None
    run, action, parent, task, attempt = host().current()
    return TaskContext(ActionID(action, run), parent, task, attempt)


def progress(message: str, fraction: float | None = None) -> None:
    """Tells those who watch how far the action has come; `fraction` is from 0 to 1, where it is known."""
    if body() is not Body.NONE:
        host().progress(message, fraction)
