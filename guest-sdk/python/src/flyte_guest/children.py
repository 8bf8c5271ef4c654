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
    """What an invocation overrides; times in nanoseconds.

    `max_runtime` is in place of the task's own, for each attempt. `within` is the longest until the end.
    """

    group: str | None = None
    retries: int | None = None
    max_runtime: int | None = None
    within: int | None = None


def options_of(task: "Task") -> Options:
    """The options of invocations that are made here."""
    group = current_group()
    return task.options if group is None else replace(task.options, group=group)


def in_time(options: Options) -> Options:
    """The same for an invocation that starts now: it may take what the timeouts that hold here leave it."""
    left = deadlines.left()
    return options if left is None else replace(options, within=left)


async def invoke(task: "Task", inputs: str) -> str:
    """Runs a task as a child action and gives its result's text.

    Raises `TaskFailed` where it fails.
    """
    return await host().invoke(task.invoked_name, inputs, in_time(options_of(task)))


def invoke_blocking(task: "Task", inputs: str) -> str:
    """The same from a sync task, which waits for it."""
    return host().start(task.invoked_name, inputs, in_time(options_of(task)))()
