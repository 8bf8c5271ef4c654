"""Rules beside a type: `Annotated[int, Field(gt=0)]`, and pydantic's constrained types."""

import decimal
import re

from .codec import Codec
from .jsontext import kind, named
from .problem import Problem
from .scalars import AnyCodec
from .texts import BytesCodec, DecimalCodec, StrCodec

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
        # The length of a text in base64, or of a date, is not the value's.
        if kind_name in codec.kinds and not (kind_name == "string" and any(map(_is_printed, _leaves(codec)))):
            rules |= _lengths_of(source, least, most)
    return rules


def guest_rules_of(source: object, codec: Codec) -> dict:
    """The rules that a schema can't say of the JSON text, and which are checked on the value."""
    leaves = list(_leaves(codec))
    rules = {}
    if any(isinstance(leaf, DecimalCodec) for leaf in leaves):
        found = {keyword: getattr(source, name, None) for name, keyword in _NUMBER.items()}
        rules |= {keyword: value for keyword, value in found.items() if value is not None}
    if any(isinstance(leaf, BytesCodec) for leaf in leaves):
        rules |= _lengths_of(source, *_LENGTH["string"])
    pattern = getattr(source, "regex", None)
    if pattern is not None and any(isinstance(leaf, StrCodec) for leaf in leaves):
        rules["pattern"] = pattern
    return rules


def _lengths_of(source, least, most):
    rules = {}
    for keyword, names in ((least, ("min_length", "min_items")), (most, ("max_length", "max_items"))):
        found = [getattr(source, name, None) for name in names]
        found.append((getattr(source, "extra", None) or {}).get(LENGTHS[names[0]]))
        value = next((value for value in found if value is not None), None)
        if value is not None:
            rules[keyword] = value
    return rules


def _leaves(codec):
    """The types of which a union or an optional type is made."""
    inner = getattr(codec, "members", None) or ([codec.inner] if hasattr(codec, "inner") else [])
    for member in inner:
        yield from _leaves(member)
    if not inner:
        yield codec


def _is_printed(codec):
    return "string" in codec.kinds and not isinstance(codec, (StrCodec, AnyCodec)) and not hasattr(codec, "by_key")


class RuledCodec(Codec):
    """A type with rules beside it. `guest_rules` are not part of the schema."""

    def __init__(self, inner: Codec, rules: dict, guest_rules: dict):
        self.inner = inner
        self.rules = rules
        self.guest_rules = guest_rules
        self.expected = inner.expected
        self.kinds = inner.kinds

    def schema(self, book):
        return self.inner.schema(book) | self.rules

    def decode(self, value):
        check(value, self.rules)
        decoded = self.inner.decode(value)
        check(decoded, self.guest_rules)
        return decoded

    def text(self, value):
        text = self.inner.text(value)
        check(value, self.rules)
        check(value, self.guest_rules)
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
    is_decimal = isinstance(value, decimal.Decimal)
    is_number = is_decimal or kind(value) in ("integer", "number")
    for keyword, bound in rules.items():
        if keyword in _NUMBER_TESTS and is_number:
            words, fits = _NUMBER_TESTS[keyword]
            # Python takes no remainder of a Decimal and a float.
            if not fits(value, decimal.Decimal(str(bound)) if is_decimal else bound):
                raise Problem(f"expected a number {words} {bound}, got {value if is_decimal else repr(value)}")
        elif keyword == "pattern":
            if isinstance(value, str) and not re.match(bound, value):
                raise Problem(f"expected text that matches {getattr(bound, 'pattern', bound)}, got {named(value)}")
        elif keyword.startswith(("min", "max")) and hasattr(value, "__len__"):
            too_few = keyword.startswith("min") and len(value) < bound
            if too_few or (keyword.startswith("max") and len(value) > bound):
                raise Problem(f"expected a length of at {'least' if too_few else 'most'} {bound}, got {len(value)}")


def refined(codec: Codec, extras: tuple) -> Codec:
    """The codec of `Annotated[T, *extras]`; extras that are no rules say nothing here."""
    rules, guest_rules = {}, {}
    for extra in extras:
        own, guests = rules_of(extra, codec), guest_rules_of(extra, codec)
        for name in (*_NUMBER, "regex", *LENGTHS):
            value = getattr(extra, name, None)
            given = value if value is not None else (getattr(extra, "extra", None) or {}).get(LENGTHS.get(name))
            # A class that is an extra may have properties of these names, which are no rules.
            is_rule = isinstance(given, (int, float, decimal.Decimal, str)) and not isinstance(extra, (str, type))
            if is_rule and not own and not guests:
                raise TypeError(f"the rule `{name}` says nothing of {codec.expected}, and would have no effect")
        rules |= own
        guest_rules |= guests
    return RuledCodec(codec, rules, guest_rules) if rules or guest_rules else codec


def constrained(cls: type, codec_of) -> Codec | None:
    """The codec of pydantic's `conint(gt=0)`, `PositiveInt`, `constr(…)`; None for other classes."""
    if not any(base.__name__.startswith("Constrained") for base in cls.__mro__):
        return None
    for base in (bool, int, float, str, bytes):
        if issubclass(cls, base):
            codec = codec_of(base)
            rules, guest_rules = rules_of(cls, codec), guest_rules_of(cls, codec)
            return RuledCodec(codec, rules, guest_rules) if rules or guest_rules else codec
    if issubclass(cls, list):
        codec = codec_of(list[cls.item_type])
        return RuledCodec(codec, rules_of(cls, codec), {})
    return None
