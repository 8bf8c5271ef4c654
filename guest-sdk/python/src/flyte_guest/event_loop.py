"""What asyncio needs beyond the loop that componentize-py brings: timers, cancelling, and an end without leftovers."""

import asyncio
import sys
import time
import traceback
from contextvars import copy_context
from types import ModuleType

import componentize_py_runtime as runtime
from componentize_py_types import Ok
from wit_world.imports import monotonic_clock

from . import deadlines, waking

#: `componentize_py_async_support`.
_support: ModuleType
#: What runs in a call, by the call's state.
_calls: dict[int, "_Call"] = {}
#: The state of the call whose tasks run now.
_polled: object = None
_EXIT, _WAIT = 0, 2


class Stuck(RuntimeError):
    """A task waits for something that nothing will bring about."""


class _Call:
    """A call of a task: its body, and what asyncio runs beside it."""

    def __init__(self, shares: bool):
        self.body = asyncio.current_task()
        #: Whether further actions may come into the instance, and bring about what this one waits for.
        self.shares = shares
        self.others: list[asyncio.Task] = []
        self.most = 64

    def add(self, task: asyncio.Task) -> None:
        """Takes a task that was started. `asyncio.all_tasks` would know too, and is slow in a new instance."""
        self.others.append(task)
        if len(self.others) > self.most:
            self.others = [other for other in self.others if not other.done()]
            self.most = 2 * len(self.others) + 64


class _Timer(asyncio.TimerHandle):
    """A call at a later time. The host's clock is awaited in a task of the loop."""

    __slots__ = ("waiting",)

    def cancel(self) -> None:
        super().cancel()
        self.waiting.cancel()


class _Abandoned:
    """In place of the future of a call that nobody awaits any more."""

    def set_result(self, result: object) -> None:
        pass


def install(support: ModuleType) -> None:
    """Completes the event loop of `componentize_py_async_support`."""
    global _support
    _support = support
    loop = support._Loop
    loop.time = lambda self: time.monotonic()
    loop.call_soon = _call_soon
    loop.call_later = _call_later
    loop.call_at = lambda self, when, *rest, **options: _call_later(self, when - time.monotonic(), *rest, **options)
    loop._timer_handle_cancelled = lambda self, handle: None
    loop.create_task = _create_task
    loop.call_exception_handler = _exception_handler
    loop.run_in_executor = _run_in_executor
    support.await_result = _await_result
    support._poll = _poll


def _call_soon(self, callback, *args, context=None):
    context = copy_context() if context is None else context
    handle = asyncio.Handle(callback, args, self, context)
    state = context[_support._future_state]
    if _polled is not None and state is not _polled and not state.handles and id(state) in _calls:
        # Of another action in this instance: its tasks may only run when the host comes back to it.
        waking.wake(state)
    state.handles.append(handle)
    return handle


def _call_later(self, delay, callback, *args, context=None):
    context = copy_context() if context is None else context
    delay = max(0.0, delay)
    timer = _Timer(time.monotonic() + delay, callback, args, self, context)
    timer.waiting = asyncio.Task(_fire(timer, delay), loop=self, context=context)
    if isinstance(timeout := getattr(callback, "__self__", None), asyncio.Timeout):
        deadlines.entered(timeout)
    return timer


async def _fire(timer: _Timer, delay: float) -> None:
    await monotonic_clock.wait_for(int(delay * 1e9))
    # The loop runs it, or passes over it where it is cancelled.
    _support._future_state.get().handles.append(timer)


def _create_task(self, coroutine, *, name=None, context=None, **options):
    task = asyncio.Task(coroutine, loop=self, name=name, context=context, **options)
    if context is None and (call := _calls.get(id(_support._future_state.get()))) is not None:
        call.add(task)
    return task


def _run_in_executor(self, executor, function, *args):
    """A sandbox has one thread, so the function runs at once."""
    future = self.create_future()
    try:
        future.set_result(function(*args))
    except Exception as error:
        future.set_exception(error)
    return future


def _exception_handler(self, context):
    """An exception that nobody looked at is told, and ends nothing."""
    print(context.get("message", "an exception in the event loop"), file=sys.stderr)
    if error := context.get("exception"):
        traceback.print_exception(error)


async def _await_result(result):
    """As componentize-py's own, but a call that is no longer awaited does no harm when it ends."""
    if isinstance(result, Ok):
        return result.value
    state = _support._future_state.get()
    waitable, promise = result.value
    future = _support._loop.create_future()
    state.futures[waitable] = future
    if state.waitable_set is None:
        state.waitable_set = runtime.waitable_set_new()
    runtime.waitable_join(waitable, state.waitable_set)
    try:
        ended = await future
    except asyncio.CancelledError:
        if waitable in state.futures:
            state.futures[waitable] = _Abandoned()
        raise
    return runtime.promise_get_result(ended, promise)


def _poll(state) -> int:
    """As componentize-py's own, but what is left running doesn't trap, and what can't go on is told."""
    global _polled
    _polled = state
    try:
        _run(state)
    finally:
        _polled = None
    # Of a wake, the event is on its way: it is taken, or its reader would stay in the instance.
    if state.pending_count or waking.is_under_way(state):
        if state.waitable_set is None:
            state.waitable_set = runtime.waitable_set_new()
        runtime.context_set(state)
        return _WAIT | (state.waitable_set << 4)
    for waitable in state.futures:
        runtime.waitable_join(waitable, 0)
    state.futures.clear()
    if state.waitable_set is not None:
        runtime.waitable_set_drop(state.waitable_set)
    return _EXIT


def _run(state) -> None:
    """Runs what can go on. A body that nothing will bring on is cancelled."""
    _support._loop.poll(state)
    if state.pending_count and all(isinstance(future, _Abandoned) for future in state.futures.values()):
        call = _calls.get(id(state))
        if call is not None and not call.shares:
            call.body.cancel(Stuck.__doc__)
            _support._loop.poll(state)


def begin(shares: bool) -> None:
    """A task's body starts here, in an instance that runs others meanwhile where it `shares` it."""
    _calls[id(_support._future_state.get())] = _Call(shares)


def end() -> None:
    """A task's body ends here: what it left running is cancelled, as `asyncio.run` does."""
    call = _calls.pop(id(_support._future_state.get()), None)
    for task in call.others if call else ():
        task.cancel()


def is_stuck(error: BaseException) -> bool:
    """Whether the loop cancelled a body that can't go on."""
    return isinstance(error, asyncio.CancelledError) and error.args == (Stuck.__doc__,)
