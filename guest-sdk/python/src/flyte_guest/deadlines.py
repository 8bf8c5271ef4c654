"""How long children may take for the sake of who waits for them.

componentize-py has no `subtask.cancel`, so a call whose `await` is cancelled goes on. Where that is the doing of an
`asyncio.timeout`, or of `asyncio.wait_for`, it is known ahead: the host ends the child then.
"""

import asyncio
import time
from contextvars import ContextVar

#: In seconds: what awaits the child is to hear of its timeout, not of the child's end.
SLACK = 0.05
_Timer = tuple[asyncio.Timeout, asyncio.TimerHandle]
_timeouts: ContextVar[tuple[_Timer, ...]] = ContextVar("flyte_timeouts", default=())


def entered(timeout: asyncio.Timeout, timer: asyncio.TimerHandle) -> None:
    """Takes a timeout that holds from now on, here and in tasks that are started here, and what fires it."""
    _timeouts.set((*_holding(), (timeout, timer)))


def left() -> int | None:
    """The nanoseconds that a child may take that is invoked here; None for any."""
    if not _timeouts.get():
        return None
    ends = [timer.when() for _, timer in _holding()]
    return max(1, int((min(ends) + SLACK - time.monotonic()) * 1e9)) if ends else None


def _holding() -> list[_Timer]:
    return [each for each in _timeouts.get() if not each[1].cancelled() and not each[0].expired()]
