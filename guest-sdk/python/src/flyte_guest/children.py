"""Invoking child actions, one by one."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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
    group = current_group()
    return task.options if group is None else replace(task.options, group=group)


async def invoke(task: "Task", inputs: str) -> str:
    """Runs a task as a child action and gives its result's text.

    Raises `TaskFailed` where it fails.
    """
    return await host().invoke(task.invoked_name, inputs, options_of(task))


def invoke_blocking(task: "Task", inputs: str) -> str:
    """The same from a sync task, which waits for it."""
    return host().start(task.invoked_name, inputs, options_of(task))()
