"""An exception as the host takes it: kind, message, causes, and where it happened."""

import re
import traceback
from typing import NamedTuple

from . import sources
from .errors import NonRecoverableError, TaskFailed

#: How many causes are told of either end of a long chain.
CAUSES_AT_EACH_END = 8
_FAILURE = re.compile(r"task `[^` ]*` failed(?: on item \d+)?: (.*)", re.DOTALL)


class Failure(NamedTuple):
    """The contract's `task-error`."""

    kind: str
    message: str
    causes: list[str]
    details: str | None
    recoverable: bool


def failure_of(error: BaseException) -> Failure:
    """What the host is told where `error` ends a task."""
    if isinstance(error, TaskFailed):
        # A task can speak of its own inputs and output, never pass a child's kind off as its own.
        own = error.task is None and error.kind in ("invalid-input", "invalid-output")
        kind = error.kind if own else "task"
        return Failure(kind, _innermost(str(error)), _shortened(error.causes), error.details_text, error.recoverable)
    causes = [f"at {place}"] if (place := where(error)) else []
    details, recoverable = None, not isinstance(error, (NonRecoverableError, SystemExit))
    for cause in _chain(error):
        place = "" if isinstance(cause, TaskFailed) else where(cause)
        causes.append(f"{summary(cause)} ({place})" if place else summary(cause))
        if isinstance(cause, TaskFailed):
            causes += cause.causes
            details, recoverable = cause.details_text, recoverable and cause.recoverable
        elif isinstance(cause, NonRecoverableError):
            recoverable = False
    return Failure("task", summary(error), _shortened(causes), details, recoverable)


def summary(error: BaseException) -> str:
    """`ValueError: text`, on one line."""
    if isinstance(error, TaskFailed):
        return str(error)
    if isinstance(error, SystemExit):
        return f"SystemExit: the task called sys.exit({error.code!r}); a task ends by returning or raising"
    name = type(error).__qualname__
    try:
        text = " ".join(str(error).split())
    except Exception as unprintable:
        text = f"(its text can't be had: {type(unprintable).__name__})"
    return f"{name}: {text}" if text else name


def where(error: BaseException) -> str:
    """`file.py:31, in predict_one`: the innermost line of the author's; empty where none took part."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = sources.author_file(frame.f_code.co_filename)
        if name:
            place = f"{name}:{line}, in {frame.f_code.co_name}"
    return place


def _chain(error: BaseException) -> list[BaseException]:
    """What led to it, the nearest first; of a group, its members."""
    found, seen, pending = [], {id(error)}, _sources(error)
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        found.append(cause)
        pending = _sources(cause) + pending
    return found


def _sources(error: BaseException) -> list[BaseException]:
    members = list(error.exceptions) if isinstance(error, BaseExceptionGroup) else []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return members + ([cause] if cause else [])


def _innermost(message: str) -> str:
    """Where a failure came up through several tasks: the one in which it began."""
    while (inner := _FAILURE.fullmatch(message)) and _FAILURE.fullmatch(inner[1]):
        message = inner[1]
    return message


def _shortened(causes: list[str]) -> list[str]:
    if len(causes) <= 2 * CAUSES_AT_EACH_END + 1:
        return list(causes)
    return [*causes[:CAUSES_AT_EACH_END], "…", *causes[-CAUSES_AT_EACH_END:]]
