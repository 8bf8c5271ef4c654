"""The host of a component, through `wit/task.wit`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from componentize_py_types import Err, Ok
from wit_world.imports import actions, context

from ..errors import OnlyAsyncIOSupportedError, TaskFailed, task_failed

try:
    from wit_world.imports import blocking_actions
except ImportError:
    blocking_actions = None

if TYPE_CHECKING:
    from ..children import Options


class WasmHost:
    """Every method is a call to the host."""

    async def invoke(self, task: str, inputs: str, options: "Options") -> str:
        """Runs a child action."""
        try:
            return await actions.invoke(task, inputs, _options(options))
        except Err as error:
            raise _failed(error.value, task) from None

    async def invoke_each(
        self, task: str, inputs: list[str], options: "Options", concurrency: int | None, fail_fast: bool
    ) -> list[str | TaskFailed]:
        """Runs a child action for each input."""
        how = actions.FanOut(concurrency, fail_fast)
        results = await actions.invoke_each(task, inputs, _options(options), how)
        return [result.value if isinstance(result, Ok) else _failed(result.value, task) for result in results]

    def start(self, task: str, inputs: str, options: "Options") -> Callable[[], str]:
        """Starts a child action; calling what it gives waits for it."""
        if blocking_actions is None:
            raise OnlyAsyncIOSupportedError(
                f"the task `{task}` can't be waited for here: the component has no sync tasks. "
                "Call it from an async task, with `await`"
            )
        pending = blocking_actions.start(task, inputs, _options(options))

        def wait() -> str:
            try:
                return pending.wait()
            except Err as error:
                raise _failed(error.value, task) from None

        return wait

    def current(self) -> tuple[str, str, str | None, str, int]:
        """The run, the action, its parent, its task and the attempt."""
        info = context.current()
        return info.run, info.action, info.parent, info.task, info.attempt

    def progress(self, message: str, fraction: float | None) -> None:
        """Tells those who watch how far the action has come."""
        context.progress(message, fraction)


def _options(options: "Options") -> actions.InvokeOptions:
    return actions.InvokeOptions(options.group, options.retries, options.max_runtime, options.within)


def _failed(error, task: str) -> TaskFailed:
    kind = error.kind.name.lower().replace("_", "-")
    return task_failed(
        kind,
        error.message,
        causes=list(error.causes),
        details=error.details,
        recoverable=error.recoverable,
        task=task,
    )
