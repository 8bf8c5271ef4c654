"""From a type as the author writes it to its codec."""

import collections.abc
import dataclasses
import enum
import sys
import types
import typing

from . import annotated, models
from .choices import EnumCodec, LiteralCodec
from .codec import Codec
from .containers import DictCodec, ListCodec, SetCodec, TupleCodec
from .fields import fields_of_dataclass, fields_of_named_tuple, fields_of_typed_dict, is_named_tuple
from .problem import reason
from .records import RecordCodec, TypedDictCodec
from .scalars import AnyCodec, BoolCodec, FloatCodec, IntCodec, NullCodec
from .spelled import keep_order
from .texts import printed_codecs
from .times import time_codecs
from .unions import union_of


class Unfit(TypeError):
    """A type whose values can't cross. `owner` is the class in which it stands, if it is in one."""

    def __init__(self, message: str, owner: type | None = None):
        super().__init__(message)
        self.owner = owner


_PLAIN: dict[object, Codec] = {
    type(None): NullCodec(),
    None: NullCodec(),
    bool: BoolCodec(),
    int: IntCodec(),
    float: FloatCodec(),
    typing.Any: AnyCodec(),
    **printed_codecs(),
    **time_codecs(),
}
_LISTS = {
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
}
_SETS = {set: set, frozenset: frozenset, collections.abc.Set: set, collections.abc.MutableSet: set}
_DICTS = {
    dict: dict,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
    collections.OrderedDict: collections.OrderedDict,
}
#: What says something of a field, not of its type; `ReadOnly` is newer than the oldest Python that builds components.
_WRAPPERS = {typing.Final, typing.Required, typing.NotRequired, getattr(typing, "ReadOnly", typing.Final)}
_known: dict[object, Codec] = {}
keep_order()


def codec_of(annotation: object, variables: dict | None = None) -> Codec:
    """The codec of a type; `variables` are what its type variables stand for.

    Raises `Unfit` where its values can't cross.
    """
    annotation = _substituted(annotation, variables or {})
    try:
        key = _key(annotation)
        known = _PLAIN.get(annotation) or _known.get(key)
    except TypeError:
        # Not hashable, as `Annotated[int, []]`.
        return _made(annotation)
    if known is None:
        known = _made(annotation)
        _known[key] = known
    return known


def _key(annotation: object) -> object:
    """What a type is known by. To Python `str | date` equals `date | str`; here the first that fits counts."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if not arguments:
        return annotation
    if origin is typing.Literal:
        return (origin, tuple((type(argument), argument) for argument in arguments))
    if origin is typing.Annotated:
        return (origin, _key(arguments[0]), arguments[1:])
    return (origin, tuple(_key(argument) for argument in arguments))


def _made(annotation: object) -> Codec:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return annotated.refined(codec_of(arguments[0]), arguments[1:])
    if origin in _WRAPPERS:
        return codec_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return union_of([codec_of(argument) for argument in arguments])
    if origin is typing.Literal:
        return _guarded(LiteralCodec, list(arguments))
    if isinstance(annotation, typing.NewType):
        return codec_of(annotation.__supertype__)
    alias = getattr(typing, "TypeAliasType", ())
    if isinstance(annotation, alias):
        return codec_of(annotation.__value__)
    if isinstance(origin, alias):
        return codec_of(origin.__value__, dict(zip(origin.__type_params__, arguments)))
    if isinstance(annotation, (str, typing.ForwardRef)):
        raise Unfit(f"the type `{annotation}` is not defined where it is used")
    return _container(origin or annotation, arguments) or _class(annotation, origin, arguments)


def _container(origin: object, arguments: tuple) -> Codec | None:
    first = arguments[0] if arguments else typing.Any
    if origin in _LISTS:
        return ListCodec(codec_of(first))
    if origin is tuple:
        if not arguments or (len(arguments) == 2 and arguments[1] is Ellipsis):
            return ListCodec(codec_of(first), tuple)
        return TupleCodec([codec_of(argument) for argument in arguments if argument != ()])
    if origin in _SETS:
        return SetCodec(codec_of(first), _SETS[origin])
    if origin in _DICTS:
        key, value = arguments or (str, typing.Any)
        codec = codec_of(str if key is typing.Any else key)
        allowed = isinstance(codec, (EnumCodec, LiteralCodec)) and codec.kinds == {"string"}
        if not allowed and codec not in (_PLAIN[str], _PLAIN[int]):
            raise Unfit(f"`{shown(key)}` can't be the key of a dict: use str, int, or an Enum of text")
        return DictCodec(codec, codec_of(value), _DICTS[origin])
    return None


def _class(annotation: object, origin: object, arguments: tuple) -> Codec:
    cls = origin or annotation
    if not isinstance(cls, type):
        raise Unfit(f"`{shown(annotation)}` can't be passed to or from a task")
    if issubclass(cls, enum.Enum):
        return _guarded(EnumCodec, cls)
    variables = dict(zip(getattr(cls, "__parameters__", None) or getattr(cls, "__type_params__", ()), arguments))
    if models.is_model(cls):
        return _record(annotation, models.ModelCodec(cls, cls.__name__), models.fields_of_model, variables)
    if dataclasses.is_dataclass(cls):
        return _record(annotation, RecordCodec(cls, cls.__name__), fields_of_dataclass, variables)
    if typing.is_typeddict(cls):
        return _record(annotation, TypedDictCodec(cls, cls.__name__), fields_of_typed_dict, variables)
    if is_named_tuple(cls):
        return _record(annotation, RecordCodec(cls, cls.__name__), fields_of_named_tuple, variables)
    narrowed = annotated.constrained(cls, codec_of)
    if narrowed is not None:
        return narrowed
    if cls is object:
        raise Unfit("`object` can't be passed to or from a task: write `Any` for what JSON has")
    advice = "make it a dataclass" if cls.__module__ not in sys.stdlib_module_names else "use a dataclass, or text"
    raise Unfit(f"`{shown(annotation)}` can't be passed to or from a task: {advice}")


def _record(annotation: object, codec: RecordCodec, fields_of, variables: dict) -> Codec:
    # Known before its fields are looked at: they may be of this type.
    key = _key(annotation)
    _known[key] = codec
    try:
        codec.prepare(fields_of(codec.python_type, lambda hint: codec_of(hint, variables)))
    except Exception as error:
        # An annotation in quotes may raise anything.
        del _known[key]
        owner = getattr(error, "owner", None) or codec.python_type
        raise Unfit(reason(error), owner) from None
    return codec


def _guarded(make, argument) -> Codec:
    try:
        return make(argument)
    except TypeError as error:
        raise Unfit(str(error), argument if isinstance(argument, type) else None) from None


def _substituted(annotation: object, variables: dict) -> object:
    """The annotation with its type variables replaced."""
    if isinstance(annotation, typing.TypeVar):
        if annotation in variables:
            return variables[annotation]
        if annotation.__bound__ is not None:
            return annotation.__bound__
        raise Unfit(f"`{annotation}` stands for any type: a task says which")
    parameters = getattr(annotation, "__parameters__", ())
    if variables and parameters and not isinstance(annotation, type):
        return annotation[tuple(variables.get(parameter, parameter) for parameter in parameters)]
    return annotation


def shown(annotation: object) -> str:
    """A type, as the author writes it."""
    if typing.get_origin(annotation) is None and isinstance(annotation, type):
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")
