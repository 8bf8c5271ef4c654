"""`flyte.map`: a task on each of many items."""

import functools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from . import children
from .body import Body, body, group
from .chunks import in_chunks
from .errors import Misuse, TaskFailed
from .host import host
from .task import Task

#: How many children a sync task has started ahead, at most.
MOST_AHEAD = 256


class Map:
    """`flyte.map(task, items)`, and `flyte.map.aio(task, items)` in async code.

    Several iterables are zipped, one for each parameter; `functools.partial` fixes the other parameters. The results
    come in the order of the items. With `return_exceptions` (Flyte's default) a failure takes the place of its result.
    """

    def __call__(
        self,
        task: "Task | functools.partial",
        *args: Iterable,
        group_name: str | None = None,
        concurrency: int = 0,
        return_exceptions: bool = True,
    ) -> Iterator:
        """Blocks for each result in turn, while the others run."""
        called = task
        task, inputs_of = _callable_of(task)
        items = zip(*args) if args else iter(())
        if body() is Body.NONE:
            return _plainly(called, items, return_exceptions)
        return self._blocking(task, inputs_of, items, group_name, concurrency, return_exceptions)

    def _blocking(self, task, inputs_of, items, group_name, concurrency, return_exceptions):
        with group(group_name or f"{task.name}_map"):
            options = children.options_of(task)
        ahead = min(concurrency, MOST_AHEAD) if concurrency > 0 else MOST_AHEAD
        waiting = []
        for index, item in enumerate(items):
            waiting.append((index, host().start(task.invoked_name, inputs_of(item), children.in_time(options))))
            if len(waiting) == ahead:
                yield _waited(task, *waiting.pop(0), return_exceptions)
        while waiting:
            yield _waited(task, *waiting.pop(0), return_exceptions)

    async def aio(
        self,
        task: "Task | functools.partial",
        *args: Iterable,
        group_name: str | None = None,
        concurrency: int = 0,
        return_exceptions: bool = True,
    ) -> AsyncIterator:
        """Awaits each result in turn, while the others run; they cross to the host many at a time."""
        called = task
        task, inputs_of = _callable_of(task)
        items = zip(*args) if args else iter(())
        if body() is Body.NONE:
            for result in _plainly(called, items, return_exceptions):
                yield await result if hasattr(result, "__await__") else result
            return
        with group(group_name or f"{task.name}_map"):
            options = children.options_of(task)
        texts = map(inputs_of, items)
        index = 0
        async for chunk in in_chunks(task.invoked_name, texts, options, concurrency, fail_fast=not return_exceptions):
            start = index
            for text in chunk:
                if isinstance(text, TaskFailed) and not return_exceptions:
                    _raise_first(task, start, chunk)
                yield _result(task, index, text, return_exceptions)
                index += 1


def _callable_of(task) -> tuple[Task, Callable[[tuple], str]]:
    """The task, and what makes the inputs of an item."""
    if isinstance(task, Task):
        return task, lambda item: task.inputs_text(item, {})
    if isinstance(task, functools.partial) and isinstance(task.func, Task):
        left = len(task.func.signature.parameters) - len(task.args) - len(task.keywords)
        if left != 1:
            raise Misuse(f"the partial of `{task.func.name}` leaves {left} parameters open, and a map fills one")
        return task.func, lambda item: task.func.inputs_text(task.args + item, task.keywords)
    raise Misuse(f"`flyte.map` takes a task, or a functools.partial of one, not {task!r}")


def _plainly(called, items, return_exceptions):
    """Outside of a task: plain calls, one after the other. A task is its function there, also in a partial."""
    for item in items:
        try:
            yield called(*item)
        except Exception as error:
            if not return_exceptions:
                raise
            yield error


def _waited(task, index, wait, return_exceptions):
    try:
        text = wait()
    except TaskFailed as error:
        text = error
    return _result(task, index, text, return_exceptions)


def _raise_first(task, start, results):
    """Raises the failure because of which the others of a chunk were aborted; without one, the first."""
    failed = [(index, error) for index, error in enumerate(results, start) if isinstance(error, TaskFailed)]
    _result(task, *next((each for each in failed if each[1].kind != "aborted"), failed[0]), return_exceptions=False)


def _result(task, index, text, return_exceptions):
    try:
        if isinstance(text, TaskFailed):
            raise text
        return task.result(text)
    except TaskFailed as error:
        error.item = index
        if not return_exceptions:
            raise
        return error


flyte_map = Map()
