"""The host of unit tests: children run in this process, through the same JSON as anywhere."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import TaskFailed, task_failed
from ..failure import failure_of

if TYPE_CHECKING:
    from ..children import Options


class NativeHost:
    """One attempt a child, no cache, no limit of time, and this process's memory and rights."""

    def __init__(self):
        #: What stands in for tasks of other components: from the parsed inputs to the result's text.
        self.stand_ins: dict[str, Callable[[str], str]] = {}

    async def invoke(self, task: str, inputs: str, options: "Options") -> str:
        """Runs a child action."""
        from ..registry import REGISTRY
        from ..running import run

        if task in self.stand_ins:
            return self.stand_ins[task](inputs)
        found = REGISTRY.tasks.get(task.rsplit(".", 1)[-1])
        if found is None:
            raise task_failed("unknown-task", "outside of a host there is no task of another component", task=task)
        try:
            return await run(found, inputs)
        except Exception as error:
            failure = failure_of(error)
            raise task_failed(**failure._asdict(), task=task) from None

    async def invoke_each(
        self, task: str, inputs: list[str], options: "Options", concurrency: int | None, fail_fast: bool
    ) -> list[str | TaskFailed]:
        """Runs a child action for each input."""
        results: list[str | TaskFailed] = []
        for text in inputs:
            if fail_fast and results and isinstance(results[-1], TaskFailed):
                results.append(task_failed("aborted", "aborted: another of the fan-out failed", task=task))
                continue
            try:
                results.append(await self.invoke(task, text, options))
            except TaskFailed as error:
                results.append(error)
        return results

    def start(self, task: str, inputs: str, options: "Options") -> Callable[[], str]:
        """Starts a child action; calling what it gives waits for it."""
        return lambda: contextvars.Context().run(_finish, self.invoke(task, inputs, options))

    def current(self) -> tuple[str, str, str | None, str, int]:
        """A stand-in: the first attempt of the root of a run."""
        return "native", "a0", None, "native", 1

    def progress(self, message: str, fraction: float | None) -> None:
        """Tells nobody."""


def _finish(coroutine) -> str:
    """Runs to its end what may be called from a running loop, in a loop of its own."""
    outer = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return asyncio.run(coroutine)
    finally:
        asyncio._set_running_loop(outer)
