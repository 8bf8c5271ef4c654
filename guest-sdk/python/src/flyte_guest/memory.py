"""Meeting the limit of memory, which the host has to hear of by a trap: a guest can't report it as its own error."""

import os
import sys

from .failure import where

#: More than a component may have, but for limits of some GiB, and less than its address space.
PROBE = (1 << 31) - (1 << 16)


def end_if_refused(error: BaseException) -> None:
    """Ends the instance where `error` says that the interpreter was refused memory: that is the host's last word then.

    Comes back from any other error, and where the host would have given more.
    """
    refused = refusal(error)
    if refused is None:
        return
    print(f"MemoryError: at {where(refused)}", file=sys.stderr, flush=True)
    try:
        bytearray(PROBE)
    except MemoryError:
        os.abort()


def refusal(error: BaseException) -> MemoryError | None:
    """The interpreter's own error where it was refused memory; of a group, such as a `TaskGroup` raises, its first."""
    if isinstance(error, BaseExceptionGroup):
        return next((found for member in error.exceptions if (found := refusal(member))), None)
    return error if isinstance(error, MemoryError) and not error.args else None
