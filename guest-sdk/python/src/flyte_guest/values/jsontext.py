"""JSON text, in the form in which the Rust SDK writes it: compact, and floats with the fewest digits."""

import json
import sys
from json.encoder import encode_basestring as quoted_unchecked
from math import isfinite

from .problem import Problem

# Integers keep all their digits, however many; the host bounds the text.
sys.set_int_max_str_digits(0)

MAX_DEPTH = 127
LONGEST_SHOWN = 60
#: What `json.loads` comes down to, without looking for what is not there.
_scan = json.JSONDecoder().scan_once


def parsed(text: str) -> object:
    """The value of a JSON text. The host has parsed it before, so it is well-formed."""
    try:
        return _scan(text, 0)[0]
    except StopIteration:
        # It begins with a space.
        return json.loads(text)


def quoted(value: str) -> str:
    """A JSON string."""
    if value.isascii():
        return quoted_unchecked(value)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Problem(f"no valid text: a lone surrogate at character {error.start}") from None
    return quoted_unchecked(value)


def float_text(value: float) -> str:
    """A JSON number with a fraction or an exponent. Python and Rust agree on the digits, not on small exponents."""
    if not isfinite(value):
        name = "NaN" if value != value else "infinity" if value > 0 else "-infinity"
        raise Problem(f"{name} is not a JSON number")
    text = float.__repr__(value)
    if "e" not in text:
        return text
    digits, exponent = text.split("e")
    power = int(exponent)
    if power != -5:
        return f"{digits}e{power:+}"
    sign = "-" if digits[0] == "-" else ""
    return f"{sign}0.0000{digits.lstrip('-').replace('.', '')}"


def check_depth(text: str) -> None:
    """Refuses text that nests deeper than decoders go."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth, in_string, escaped = 0, False, False
    for c in text:
        if in_string:
            if escaped:
                escaped = False
            elif c == "\\":
                escaped = True
            elif c == '"':
                in_string = False
        elif c == '"':
            in_string = True
        elif c in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Problem(f"nests deeper than {MAX_DEPTH} levels")
        elif c in "]}":
            depth -= 1


def kind(value: object) -> str:
    """The JSON kind of a parsed value; `integer` is a number without fraction and exponent."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def shown(value: object) -> str:
    """A parsed value, for a message: `the string "1.5"`."""
    name = kind(value)
    if name in ("array", "object"):
        return f"an {name}"
    if name == "null":
        return "null"
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > LONGEST_SHOWN:
        text = text[:LONGEST_SHOWN] + "…"
    return text if name == "boolean" else f"the {'number' if name == 'integer' else name} {text}"


def named(value: object) -> str:
    """The type of a Python value, for a message."""
    return "None" if value is None else f"a value of type `{type(value).__qualname__}`"
