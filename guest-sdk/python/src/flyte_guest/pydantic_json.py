"""How pydantic 2 writes what JSON has no word for, where pydantic 1 does it otherwise."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from .values.times import SpanCodec


def _in_utc(value: datetime | time) -> str:
    text = value.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def _span(value: timedelta) -> str:
    """In years of 365 days, days, hours, minutes and seconds."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    years, days = divmod(value.days, 365)
    date = (f"{years}Y" if years else "") + (f"{days}D" if days else "")
    rest = value - timedelta(days=value.days)
    time = SpanCodec().write(rest).removeprefix("P") if rest or not date else ""
    return f"{sign}P{date}{time}"


JSON_FORMS = {Decimal: str, timedelta: _span, datetime: _in_utc, time: _in_utc}
