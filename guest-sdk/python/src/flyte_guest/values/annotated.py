"""Rules beside a type: `Annotated[int, Field(gt=0)]`, and pydantic's constrained types."""

from .codec import Codec
from .jsontext import kind
from .problem import Problem

#: What pydantic calls a rule, what JSON Schema calls it for numbers, text, arrays and objects.
_NUMBER = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
}
_LENGTH = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}


#: Lengths as pydantic 2's `Field` hands them on, beside what pydantic 1 knows.
LENGTHS = {"min_length": "flyte_min_length", "max_length": "flyte_max_length"}


def rules_of(source: object, codec: Codec) -> dict:
    """The rules that a `Field(…)` or a constrained type has, as JSON Schema."""
    rules = {}
    for name, keyword in _NUMBER.items():
        value = getattr(source, name, None)
        if value is not None and codec.kinds & {"integer", "number"}:
            rules[keyword] = value
    for kind_name, (least, most) in _LENGTH.items():
        if kind_name in codec.kinds:
            for keyword, names in ((least, ("min_length", "min_items")), (most, ("max_length", "max_items"))):
                found = [getattr(source, name, None) for name in names]
                found.append((getattr(source, "extra", None) or {}).get(LENGTHS[names[0]]))
                value = next((value for value in found if value is not None), None)
                if value is not None:
                    rules[keyword] = value
    return rules


class RuledCodec(Codec):
    """A type with rules beside it."""

    def __init__(self, inner: Codec, rules: dict):
        self.inner = inner
        self.rules = rules
        self.expected = inner.expected
        self.kinds = inner.kinds

    def schema(self, book):
        return self.inner.schema(book) | self.rules

    def decode(self, value):
        check(value, self.rules)
        return self.inner.decode(value)

    def text(self, value):
        text = self.inner.text(value)
        check(value, self.rules)
        return text


_NUMBER_TESTS = {
    "exclusiveMinimum": ("above", lambda value, bound: value > bound),
    "minimum": ("at least", lambda value, bound: value >= bound),
    "exclusiveMaximum": ("below", lambda value, bound: value < bound),
    "maximum": ("at most", lambda value, bound: value <= bound),
    "multipleOf": ("a multiple of", lambda value, bound: value % bound == 0),
}


def check(value: object, rules: dict) -> None:
    """Refuses a value that breaks a rule."""
    is_number = kind(value) in ("integer", "number")
    for keyword, bound in rules.items():
        if keyword in _NUMBER_TESTS and is_number:
            words, fits = _NUMBER_TESTS[keyword]
            if not fits(value, bound):
                raise Problem(f"expected a number {words} {bound}, got {value!r}")
        elif keyword.startswith(("min", "max")) and hasattr(value, "__len__"):
            too_few = keyword.startswith("min") and len(value) < bound
            if too_few or (keyword.startswith("max") and len(value) > bound):
                raise Problem(f"expected a length of at {'least' if too_few else 'most'} {bound}, got {len(value)}")


def refined(codec: Codec, extras: tuple) -> Codec:
    """The codec of `Annotated[T, *extras]`; extras that are no rules say nothing here."""
    rules = {}
    for extra in extras:
        rules |= rules_of(extra, codec)
    return RuledCodec(codec, rules) if rules else codec


def constrained(cls: type, codec_of) -> Codec | None:
    """The codec of pydantic's `conint(gt=0)`, `PositiveInt`, `constr(…)`; None for other classes."""
    if not any(base.__name__.startswith("Constrained") for base in cls.__mro__):
        return None
    for base in (bool, int, float, str, bytes):
        if issubclass(cls, base):
            codec = codec_of(base)
            rules = rules_of(cls, codec)
            return RuledCodec(codec, rules) if rules else codec
    if issubclass(cls, list):
        codec = codec_of(list[cls.item_type])
        return RuledCodec(codec, rules_of(cls, codec))
    return None
