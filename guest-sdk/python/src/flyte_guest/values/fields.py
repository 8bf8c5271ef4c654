"""The fields of dataclasses, NamedTuples and TypedDicts."""

import dataclasses
import typing
from collections.abc import Callable

from .codec import Codec
from .records import Field, Missing


def hints_of(python_type: type) -> dict:
    """The types of a class's fields, with what `Annotated` says of them."""
    return typing.get_type_hints(python_type, include_extras=True)


def described(hint: object) -> str:
    """What `Annotated[T, "text"]`, or `Annotated[T, Doc("text")]`, says of a field."""
    if typing.get_origin(hint) is not typing.Annotated:
        return ""
    for extra in hint.__metadata__:
        text = extra if isinstance(extra, str) else getattr(extra, "documentation", None)
        if isinstance(text, str):
            return text
    return ""


def with_place(name: str, find: Callable[[], Codec]) -> Codec:
    """The codec of a field; what is wrong with its type is said with the field's name."""
    try:
        return find()
    except TypeError as error:
        if getattr(error, "owner", None) is None:
            error.args = (f"the field `{name}`: {error}",)
        raise


def fields_of_dataclass(python_type: type, codec_of) -> list[Field]:
    """The fields that the constructor takes; others are the class's own affair."""
    hints = hints_of(python_type)
    for name, hint in hints.items():
        if isinstance(hint, dataclasses.InitVar):
            raise TypeError(f"the field `{name}` is an InitVar, which can't be read back: make it a field")
    fields = []
    for field in dataclasses.fields(python_type):
        if not field.init:
            continue
        hint = hints[field.name]
        fields.append(
            Field(
                name=field.name,
                attribute=field.name,
                codec=with_place(field.name, lambda: codec_of(hint)),
                default=_default(field),
                description=str(field.metadata.get("description", "")) or described(hint),
                rules={},
            )
        )
    return fields


def _default(field: dataclasses.Field):
    if field.default is not dataclasses.MISSING:
        return lambda: field.default
    return Missing if field.default_factory is dataclasses.MISSING else field.default_factory


def is_named_tuple(python_type: type) -> bool:
    """Whether it is a `NamedTuple`."""
    return issubclass(python_type, tuple) and hasattr(python_type, "_fields")


def fields_of_named_tuple(python_type: type, codec_of) -> list[Field]:
    """The fields of a `NamedTuple`, an object in JSON: names last longer than positions."""
    hints = hints_of(python_type)
    defaults = python_type._field_defaults
    fields = []
    for name in python_type._fields:
        if name not in hints:
            raise TypeError(f"the field `{name}` has no type: use typing.NamedTuple")
        hint = hints[name]
        default = (lambda name=name: defaults[name]) if name in defaults else Missing
        codec = with_place(name, lambda: codec_of(hint))
        fields.append(Field(name, name, codec, default, described(hint), {}))
    return fields


def fields_of_typed_dict(python_type: type, codec_of) -> list[Field]:
    """The keys of a `TypedDict`."""
    fields = []
    for name, hint in hints_of(python_type).items():
        codec = with_place(name, lambda: codec_of(hint))
        optional = name in python_type.__optional_keys__
        fields.append(Field(name, name, codec, Missing, described(hint), {}, optional))
    return fields
