"""JSON Schemas (2020-12) of a task's inputs and output, the same as the Rust SDK gives for the same structs."""

import inspect
import json

from .values import Codec, Problem
from .values.records import Missing

META_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class SchemaBook:
    """The definitions of one document."""

    def __init__(self, of_output: bool):
        #: Whether the values are made here: then no field is left out.
        self.of_output = of_output
        self.definitions: dict[str, dict] = {}
        self._names: dict[Codec, str] = {}

    def reference(self, codec: Codec, name: str, build) -> dict:
        """A reference to the definition of `codec`, which `build` makes at its first use."""
        if codec not in self._names:
            taken, number = set(self._names.values()), 2
            unique = name
            while unique in taken:
                unique, number = f"{name}{number}", number + 1
            self._names[codec] = unique
            self.definitions[unique] = {}
            self.definitions[unique] = build()
        return {"$ref": f"#/$defs/{self._names[codec]}"}

    def parsed(self, text: str) -> object:
        """A default, as part of a schema."""
        return json.loads(text)

    def documentation(self, cls: type) -> str:
        """The author's text about a class, not what Python writes where there is none."""
        doc = cls.__dict__.get("__doc__") or ""
        generated = doc.startswith(f"{cls.__name__}(") or doc == "An enumeration."
        return "" if generated else inspect.cleandoc(doc)

    def document(self, schema: dict) -> str:
        """A schema that stands alone."""
        whole = {"$schema": META_SCHEMA} | schema
        if self.definitions:
            whole["$defs"] = self.definitions
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def inputs_schema(parameters: list) -> str:
    """The schema of an object with one property a parameter."""
    book = SchemaBook(of_output=False)
    properties, required = {}, []
    for parameter in parameters:
        schema = parameter.codec.schema(book)
        if parameter.description:
            schema = schema | {"description": parameter.description}
        if parameter.default is Missing:
            required.append(parameter.name)
        else:
            schema = schema | {"default": book.parsed(default_text(parameter))}
        properties[parameter.name] = schema
    return book.document(
        {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    )


def default_text(parameter) -> str:
    """A parameter's default as JSON.

    Raises `TypeError` where it is none.
    """
    try:
        return parameter.codec.text(parameter.default)
    except Problem as problem:
        raise TypeError(f"the default of the parameter `{parameter.name}`: {problem}") from None


def output_schema(codec: Codec) -> str:
    """The schema of a result."""
    book = SchemaBook(of_output=True)
    return book.document(codec.schema(book))
