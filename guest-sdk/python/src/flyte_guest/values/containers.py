"""Lists, sets, tuples and dicts."""

from .choices import fixed_schema
from .codec import Codec
from .jsontext import quoted
from .problem import Problem
from .scalars import IntCodec
from .texts import StrCodec


class ListCodec(Codec):
    """`list[T]`, and what else is a sequence of any length of one type."""

    expected = "an array"
    kinds = frozenset({"array"})

    def __init__(self, item: Codec, python_type: type = list):
        self.item = item
        self.python_type = python_type

    def schema(self, book):
        return {"type": "array", "items": self.item.schema(book) or True}

    def decode(self, value):
        if type(value) is not list:
            raise self.unfit_input(value)
        decode = self.item.decode
        index = 0
        items = []
        try:
            for index, item in enumerate(value):
                items.append(decode(item))
        except Problem as problem:
            raise problem.within(index) from None
        return items if self.python_type is list else self.python_type(items)

    def text(self, value):
        if not isinstance(value, (list, tuple)):
            raise Problem(f"expected a {self.python_type.__name__}, got a value of type `{type(value).__qualname__}`")
        return self.text_of_items(value)

    def text_of_items(self, items):
        text = self.item.text
        index = 0
        texts = []
        try:
            for index, item in enumerate(items):
                texts.append(text(item))
        except Problem as problem:
            raise problem.within(index) from None
        return f"[{','.join(texts)}]"


class SetCodec(ListCodec):
    """`set[T]` and `frozenset[T]`: an array without doubles, sorted where its items can be."""

    def schema(self, book):
        return {"type": "array", "uniqueItems": True, "items": self.item.schema(book) or True}

    def decode(self, value):
        try:
            return super().decode(value)
        except TypeError as error:
            raise Problem(str(error)) from None

    def text(self, value):
        if not isinstance(value, (set, frozenset)):
            raise Problem(f"expected a {self.python_type.__name__}, got a value of type `{type(value).__qualname__}`")
        try:
            items = sorted(value)
        except TypeError:
            items = list(value)
        return self.text_of_items(items)


class TupleCodec(Codec):
    """`tuple[A, B]`: an array of so many items."""

    kinds = frozenset({"array"})

    def __init__(self, items: list[Codec]):
        self.items = items
        self.expected = f"an array of {len(items)}"

    def schema(self, book):
        if not self.items:
            return {"type": "array", "maxItems": 0}
        schemas = [item.schema(book) or True for item in self.items]
        return {"type": "array", "prefixItems": schemas, "minItems": len(schemas), "maxItems": len(schemas)}

    def decode(self, value):
        if type(value) is not list or len(value) != len(self.items):
            raise self.unfit_input(value)
        return tuple(_located(index, codec.decode, item) for index, (codec, item) in enumerate(zip(self.items, value)))

    def text(self, value):
        if not isinstance(value, (tuple, list)):
            raise Problem(f"expected a tuple, got a value of type `{type(value).__qualname__}`")
        if len(value) != len(self.items):
            raise Problem(f"expected a tuple of {len(self.items)}, got one of {len(value)}")
        items = (_located(index, codec.text, item) for index, (codec, item) in enumerate(zip(self.items, value)))
        return f"[{','.join(items)}]"


class DictCodec(Codec):
    """`dict[K, V]`: an object. Its keys are text, integers, or an enum or `Literal` of text."""

    expected = "an object"
    kinds = frozenset({"object"})

    def __init__(self, key: Codec, value: Codec, python_type: type = dict):
        self.key_codec = key
        self.value_codec = value
        self.python_type = python_type

    def schema(self, book):
        value = self.value_codec.schema(book) or True
        if isinstance(self.key_codec, IntCodec):
            return {"type": "object", "additionalProperties": False, "patternProperties": {r"^-?\d+$": value}}
        if isinstance(self.key_codec, StrCodec):
            return {"type": "object", "additionalProperties": value}
        names = fixed_schema([plain for _, plain in self.key_codec.by_key])
        # Where it stands: a host takes no reference here.
        return {"type": "object", "propertyNames": names, "additionalProperties": value}

    def decode(self, value):
        if type(value) is not dict:
            raise self.unfit_input(value)
        decoded = self.python_type()
        for key, item in value.items():
            try:
                decoded[self._decode_key(key)] = self.value_codec.decode(item)
            except Problem as problem:
                raise problem.within(key) from None
        return decoded

    def _decode_key(self, key):
        if isinstance(self.key_codec, IntCodec):
            digits = key.removeprefix("-")
            if not (digits.isascii() and digits.isdigit()):
                raise Problem("expected an integer as the key")
            return int(key)
        return self.key_codec.decode(key)

    def text(self, value):
        if not isinstance(value, dict):
            raise Problem(f"expected a dict, got a value of type `{type(value).__qualname__}`")
        members = []
        for key, item in value.items():
            name = self.key_codec.key(key)
            members.append(f"{quoted(name)}:{_located(name, self.value_codec.text, item)}")
        return f"{{{','.join(members)}}}"


def _located(step, convert, item):
    try:
        return convert(item)
    except Problem as problem:
        raise problem.within(step) from None
