"""Dates, times and spans of time, in ISO 8601 as the Rust SDK writes them."""

import re
from datetime import date, datetime, time, timedelta

from .codec import Codec
from .problem import Problem

_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<w>\d+(?:[.,]\d+)?)W)?(?:(?P<d>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:[.,]\d+)?)H)?(?:(?P<m>\d+(?:[.,]\d+)?)M)?(?:(?P<s>\d+)(?:[.,](?P<f>\d+))?S)?)?",
    re.IGNORECASE,
)


class _Written(Codec):
    kinds = frozenset({"string"})
    format = ""
    python_type: type = object

    def schema(self, book):
        return {"type": "string", "format": self.format}

    def decode(self, value):
        if type(value) is not str:
            raise self.unfit_input(value)
        try:
            return self.read(value)
        except (ValueError, OverflowError):
            raise self.unfit_input(value) from None

    def text(self, value):
        if not isinstance(value, self.python_type):
            raise self.unfit_output(value)
        return f'"{self.write(value)}"'


class DateTimeCodec(_Written):
    """`datetime`, with its offset where it has one."""

    expected = "a date and time such as 2026-01-31T12:00:00Z"
    format = "date-time"
    python_type = datetime

    def read(self, text):
        return datetime.fromisoformat(text.upper())

    def write(self, value):
        text = _shortest(value.isoformat())
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text


class DateCodec(_Written):
    """`date`."""

    expected = "a date such as 2026-01-31"
    format = "date"
    python_type = date

    def read(self, text):
        return date.fromisoformat(text)

    def text(self, value):
        if isinstance(value, datetime):
            raise self.unfit_output(value)
        return super().text(value)

    def write(self, value):
        return value.isoformat()


class TimeCodec(_Written):
    """`time`, of no time zone."""

    expected = "a time of day such as 12:00:00"
    format = "partial-time"
    python_type = time

    def read(self, text):
        read = time.fromisoformat(text)
        if read.tzinfo is not None:
            raise ValueError
        return read

    def write(self, value):
        if value.tzinfo is not None:
            raise Problem("a time of day with a time zone can't cross; use a datetime")
        return _shortest(value.isoformat())


class SpanCodec(_Written):
    """`timedelta`, in hours, minutes and seconds."""

    expected = "a duration such as PT1H30M"
    format = "duration"
    python_type = timedelta

    def read(self, text):
        match = _DURATION.fullmatch(text)
        if match is None or text.upper().endswith(("P", "T")):
            raise ValueError
        number = lambda name: float((match[name] or "0").replace(",", "."))
        micros = (match["f"] or "")[:6].ljust(6, "0")
        span = timedelta(weeks=number("w"), days=number("d"), hours=number("h"), minutes=number("m"))
        span += timedelta(seconds=int(match["s"] or 0), microseconds=int(micros))
        return -span if match["sign"] == "-" else span

    def write(self, value):
        sign = "-" if value < timedelta(0) else ""
        value = abs(value)
        hours, seconds = divmod(value.days * 86400 + value.seconds, 3600)
        minutes, seconds = divmod(seconds, 60)
        fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
        parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or fraction or not parts:
            parts += f"{seconds}{fraction}S"
        return f"{sign}PT{parts}"


def _shortest(text: str) -> str:
    """Without the zeros that end a fraction of a second."""
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda match: "" if match[1] == "." else match[1], text)


def time_codecs() -> dict[type, Codec]:
    """The types of this module, and their codecs."""
    return {datetime: DateTimeCodec(), date: DateCodec(), time: TimeCodec(), timedelta: SpanCodec()}
