"""One of some fixed values: `Literal` and `Enum`."""

import enum
import json

from .codec import Codec
from .jsontext import kind, named, quoted
from .problem import Problem


def _key(value: object) -> tuple:
    # 1, 1.0 and True are equal in Python, and three values in JSON.
    return (type(value), value)


def _checked(values: list, owner: str) -> None:
    for value in values:
        if not isinstance(value, (str, int, bool, type(None))):
            raise TypeError(f"{owner} has {named(value)}: only text, integers, booleans and None can cross")


def fixed_schema(values: list) -> dict:
    """The schema of one of some values, all of one kind where that is so."""
    names = {kind(value) for value in values}
    typed = {"type": names.pop()} if len(names) == 1 else {}
    return typed | ({"const": values[0]} if len(values) == 1 else {"enum": values})


class _Fixed(Codec):
    def __init__(self, by_key: dict):
        self.by_key = by_key
        self.kinds = frozenset(kind(value) for _, value in by_key)
        values = [json.dumps(value, ensure_ascii=False) for _, value in by_key]
        self.expected = f"one of {', '.join(values)}" if len(values) > 1 else values[0]

    def decode(self, value):
        try:
            return self.by_key[_key(value)]
        except (KeyError, TypeError):
            raise self.unfit_input(value) from None


def _value_text(value: object) -> str:
    return quoted(value) if isinstance(value, str) else json.dumps(value)


class LiteralCodec(_Fixed):
    """`Literal["a", "b"]`."""

    def __init__(self, values: list):
        _checked(values, "the Literal")
        super().__init__({_key(value): value for value in values})
        self.values = values

    def schema(self, book):
        return fixed_schema(self.values)

    def text(self, value):
        if _key(value) not in self.by_key:
            raise Problem(f"expected {self.expected}, got {value!r}")
        return _value_text(value)

    def key(self, value):
        if isinstance(value, str) and _key(value) in self.by_key:
            return value
        return super().key(value)


class EnumCodec(_Fixed):
    """An `Enum`, by its values."""

    def __init__(self, python_type: type[enum.Enum]):
        if issubclass(python_type, enum.Flag):
            raise TypeError(f"the flags `{python_type.__qualname__}` can't cross; use a set of an Enum")
        members = list(python_type)
        _checked([_plain(member.value) for member in members], f"`{python_type.__qualname__}`")
        super().__init__({_key(_plain(member.value)): member for member in members})
        self.python_type = python_type

    def schema(self, book):
        def build():
            schema = fixed_schema([_plain(member.value) for member in self.python_type])
            doc = book.documentation(self.python_type)
            return schema | ({"description": doc} if doc else {})

        return book.reference(self, self.python_type.__name__, build)

    def text(self, value):
        if not isinstance(value, self.python_type):
            raise Problem(f"expected a `{self.python_type.__qualname__}`, got {named(value)}")
        return _value_text(_plain(value.value))

    def key(self, value):
        if isinstance(value, self.python_type) and isinstance(value.value, str):
            return _plain(value.value)
        return super().key(value)


def _plain(value: object) -> object:
    """Without the subclass that an `auto()` of a `StrEnum` or an `IntEnum` may have."""
    for base in (bool, int, str):
        if isinstance(value, base):
            return value if base is bool else base(value)
    return value
