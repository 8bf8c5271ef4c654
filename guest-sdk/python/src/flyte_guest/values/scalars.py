"""None, booleans, numbers, and anything."""

from .codec import Codec
from .jsontext import float_text, named, quoted
from .problem import Problem


class NullCodec(Codec):
    """`None`."""

    expected = "null"
    kinds = frozenset({"null"})

    def schema(self, book):
        return {"type": "null"}

    def decode(self, value):
        if value is not None:
            raise self.unfit_input(value)

    def text(self, value):
        if value is not None:
            raise Problem(f"expected None, got {named(value)}")
        return "null"


class BoolCodec(Codec):
    """`bool`."""

    expected = "true or false"
    kinds = frozenset({"boolean"})

    def schema(self, book):
        return {"type": "boolean"}

    def decode(self, value):
        if value is True or value is False:
            return value
        raise self.unfit_input(value)

    def text(self, value):
        if value is True:
            return "true"
        if value is False:
            return "false"
        raise self.unfit_output(value)


class IntCodec(Codec):
    """`int`, of any size."""

    expected = "an integer"
    kinds = frozenset({"integer"})

    def schema(self, book):
        return {"type": "integer"}

    def decode(self, value):
        if type(value) is int:
            return value
        raise self.unfit_input(value)

    def text(self, value):
        if isinstance(value, int) and not isinstance(value, bool):
            return int.__repr__(value)
        raise self.unfit_output(value)

    def key(self, value):
        return self.text(value)


class FloatCodec(Codec):
    """`float`. An integer is one, as everywhere in Python."""

    expected = "a number"
    kinds = frozenset({"number"})

    def schema(self, book):
        return {"type": "number", "format": "double"}

    def decode(self, value):
        if type(value) is float:
            return value
        if type(value) is int:
            return as_float(value)
        raise self.unfit_input(value)

    def text(self, value):
        if isinstance(value, float):
            return float_text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return float_text(as_float(value))
        raise self.unfit_output(value)


def as_float(value: int) -> float:
    """An integer as a float."""
    try:
        return float(value)
    except OverflowError:
        raise Problem("the number is too large for a float") from None


class AnyCodec(Codec):
    """`Any`: what JSON itself has."""

    expected = "anything"
    kinds = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})

    def schema(self, book):
        return {}

    def decode(self, value):
        return value

    def text(self, value):
        match value:
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case str():
                return quoted(value)
            case int():
                return int.__repr__(value)
            case float():
                return float_text(value)
            case list() | tuple():
                return f"[{','.join(self._item(index, item) for index, item in enumerate(value))}]"
            case dict():
                return f"{{{','.join(self._member(key, item) for key, item in value.items())}}}"
        raise Problem(f"{named(value)} is not JSON: `Any` takes what JSON has, other types are named in the annotation")

    def _item(self, index, item):
        try:
            return self.text(item)
        except Problem as problem:
            raise problem.within(index) from None

    def _member(self, key, item):
        if not isinstance(key, str):
            raise Problem(f"{named(key)} can't be a key")
        try:
            return f"{quoted(key)}:{self.text(item)}"
        except Problem as problem:
            raise problem.within(key) from None
