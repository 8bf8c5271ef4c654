"""Objects with named fields: dataclasses, NamedTuples, TypedDicts, pydantic models."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

from .codec import Codec
from .jsontext import named, quoted
from .nearest import nearest
from .problem import Problem, reason


class Missing:
    """In place of a default, where there is none."""


class Field(NamedTuple):
    """A field of a record."""

    #: In JSON.
    name: str
    #: In Python.
    attribute: str
    codec: Codec
    #: Makes the default; `Missing` where the field has to be given.
    default: "Callable[[], object] | type[Missing]"
    description: str
    #: What the schema says beside the type.
    rules: dict
    #: Whether it may be left out without having a default (`NotRequired`).
    optional: bool = False

    @property
    def required(self) -> bool:
        """Whether it has to be given."""
        return self.default is Missing and not self.optional


class RecordCodec(Codec):
    """An object with named fields. The fields are found after the codec is known, as records may be recursive."""

    expected = "an object"
    kinds = frozenset({"object"})

    def __init__(self, python_type: type, name: str):
        self.python_type = python_type
        self.name = name
        self.by_name: dict[str, Field] = {}
        self.parts: list[tuple[str, str, Callable[[object], str]]] = []

    def prepare(self, fields: list[Field]) -> None:
        """Takes the fields, once their types are known."""
        self.by_name = {field.name: field for field in fields}
        self.parts = [(field.attribute, f"{quoted(field.name)}:", field.codec.text) for field in fields]
        self.required = [field.name for field in fields if field.required]

    def schema(self, book):
        return book.reference(self, self.name, lambda: self._definition(book))

    def _definition(self, book):
        properties, required = {}, []
        for field in self.by_name.values():
            schema = field.codec.schema(book) | field.rules
            if field.description:
                schema["description"] = field.description
            if field.default is not Missing:
                default = self._default_text(field)
                # As in Rust: that what may be null is null where it is left out, goes without saying.
                if default != "null":
                    schema["default"] = book.parsed(default)
            if field.required or (book.of_output and not field.optional):
                required.append(field.name)
            properties[field.name] = schema or True
        schema = {"type": "object", "additionalProperties": False, "properties": properties}
        if required:
            schema["required"] = required
        doc = book.documentation(self.python_type)
        return schema | ({"description": doc} if doc else {})

    def _default_text(self, field):
        try:
            return field.codec.text(field.default())
        except Exception as error:
            # A factory of defaults is the author's code.
            place = f"the default of the field `{self.python_type.__qualname__}.{field.attribute}`"
            raise TypeError(f"{place}: {error if isinstance(error, Problem) else reason(error)}") from None

    def decode(self, value):
        if type(value) is not dict:
            raise self.unfit_input(value)
        by_name = self.by_name
        arguments = {}
        name = ""
        try:
            for name, item in value.items():
                field = by_name[name]
                arguments[field.attribute] = field.codec.decode(item)
        except Problem as problem:
            raise problem.within(name) from None
        except KeyError:
            if name in by_name:
                raise
            raise Problem(f"unknown field{nearest(name, by_name)}").within(name) from None
        if len(arguments) < len(by_name):
            for name in self.required:
                if name not in value:
                    raise Problem("missing").within(name)
        return self.construct(arguments)

    def construct(self, arguments: dict) -> object:
        """The Python value of these fields. Its constructor may refuse them."""
        try:
            return self.python_type(**arguments)
        except (ValueError, TypeError, AssertionError) as error:
            raise Problem(str(error) or type(error).__name__) from error

    def text(self, value):
        if not isinstance(value, self.python_type):
            raise Problem(f"expected a `{self.python_type.__qualname__}`, got {named(value)}")
        if type(value) is not self.python_type:
            self._refuse_further_fields(type(value))
        attribute = ""
        try:
            members = [start + text(getattr(value, attribute := name)) for name, start, text in self.parts]
        except Problem as problem:
            raise problem.within(attribute) from None
        except AttributeError as error:
            if error.obj is not value or error.name != attribute:
                raise
            raise Problem("has no value").within(attribute) from None
        return f"{{{','.join(members)}}}"


    def _refuse_further_fields(self, subclass):
        known = {attribute for attribute, _, _ in self.parts}
        if dataclasses.is_dataclass(subclass):
            fields = {field.name: field for field in dataclasses.fields(subclass)}
        else:
            fields = getattr(subclass, "__fields__", {})
        # What the constructor of a dataclass does not take is not sent for its own class either.
        further = [name for name, field in fields.items() if name not in known and getattr(field, "init", True)]
        if further:
            names = ", ".join(f"`{name}`" for name in further)
            name = self.python_type.__qualname__
            raise Problem(f"expected a `{name}`, got a `{subclass.__qualname__}`, whose {names} would be lost")


class TypedDictCodec(RecordCodec):
    """A `TypedDict`: a plain dict in Python."""

    def construct(self, arguments):
        return arguments

    def text(self, value):
        if not isinstance(value, dict):
            raise Problem(f"expected a `{self.python_type.__qualname__}`, got {named(value)}")
        for name in value:
            if name not in self.by_name:
                raise Problem(f"unknown field{nearest(str(name), self.by_name)}").within(str(name))
        members = []
        for name, start, text in self.parts:
            try:
                if name in value:
                    members.append(start + text(value[name]))
                elif not self.by_name[name].optional:
                    raise Problem("missing")
            except Problem as problem:
                raise problem.within(name) from None
        return f"{{{','.join(members)}}}"
