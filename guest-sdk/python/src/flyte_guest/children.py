"""Invoking child actions, one by one."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import deadlines
from .body import current_group
from .host import host

if TYPE_CHECKING:
    from .task import Task


@dataclass(frozen=True)
class Options:
    """What an invocation overrides; `max_runtime` in nanoseconds."""

    group: str | None = None
    retries: int | None = None
    max_runtime: int | None = None


def options_of(task: "Task") -> Options:
    """The options of an invocation that starts here."""
    options, group, left = task.options, current_group(), deadlines.left()
    if group is not None:
        options = replace(options, group=group)
    if left is not None:
        options = replace(options, max_runtime=min(left, options.max_runtime or left))
    return options


async def invoke(task: "Task", inputs: str) -> str:
    """Runs a task as a child action and gives its result's text.

    Raises `TaskFailed` where it fails.
    """
    return await host().invoke(task.invoked_name, inputs, options_of(task))


def invoke_blocking(task: "Task", inputs: str) -> str:
    """The same from a sync task, which waits for it."""
    return host().start(task.invoked_name, inputs, options_of(task))()
