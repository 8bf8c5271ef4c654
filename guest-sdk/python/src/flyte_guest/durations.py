"""Spans of time in options: seconds or a timedelta, as Flyte takes them."""

from datetime import timedelta

from .errors import Misuse

LONGEST = 2**64 - 1


def nanoseconds(what: str, value: object) -> int:
    """A span of time, in nanoseconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float, timedelta)):
        raise Misuse(f"`{what}` is a number of seconds or a timedelta, not {value!r}")
    if isinstance(value, timedelta):
        result = (value.days * 86400 + value.seconds) * 10**9 + value.microseconds * 1000
    else:
        result = round(value * 10**9) if isinstance(value, float) and value == value else int(value * 10**9)
    if result < 0:
        raise Misuse(f"`{what}` is not negative")
    if result > LONGEST:
        raise Misuse(f"`{what}` is longer than 584 years")
    return result
