"""How long children may take for the sake of who waits for them.

componentize-py has no `subtask.cancel`, so a call whose `await` is cancelled goes on. Where that is the doing of an
`asyncio.timeout`, or of `asyncio.wait_for`, it is known ahead: the host ends the child then.
"""

import asyncio
import time
from contextvars import ContextVar

#: In seconds: what awaits the child is to hear of its timeout, not of the child's end.
SLACK = 0.05
_timeouts: ContextVar[tuple[asyncio.Timeout, ...]] = ContextVar("flyte_timeouts", default=())


def entered(timeout: asyncio.Timeout) -> None:
    """Takes a timeout that holds from now on, here and in tasks that are started here.

    One that another task reschedules is not that task's, and is known already where it holds.
    """
    if timeout._task is asyncio.current_task() and timeout not in _timeouts.get():
        _timeouts.set((*filter(_holds, _timeouts.get()), timeout))


def left() -> int | None:
    """The nanoseconds that a child may take that is invoked here; None for any."""
    if not _timeouts.get():
        return None
    ends = [timeout.when() for timeout in _timeouts.get() if _holds(timeout)]
    return max(1, int((min(ends) + SLACK - time.monotonic()) * 1e9)) if ends else None


def _holds(timeout: asyncio.Timeout) -> bool:
    return timeout._state is asyncio.timeouts._State.ENTERED and timeout.when() is not None
