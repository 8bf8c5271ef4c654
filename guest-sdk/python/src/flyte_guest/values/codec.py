"""What all codecs have in common."""

from typing import TYPE_CHECKING

from .jsontext import named, shown
from .problem import Problem

if TYPE_CHECKING:
    from ..schema import SchemaBook


class Codec:
    """How the values of one type cross. Made once, when the component is built; used at each call."""

    #: What the type is called in messages: `a number`.
    expected = "a value"
    #: The JSON kinds of its values.
    kinds: frozenset[str] = frozenset()

    def schema(self, book: "SchemaBook") -> dict:
        """The JSON Schema; what is defined once goes into the book."""
        raise NotImplementedError

    def decode(self, value: object) -> object:
        """The Python value of a parsed JSON value.

        Raises `Problem` where it doesn't fit.
        """
        raise NotImplementedError

    def text(self, value: object) -> str:
        """The JSON text of a Python value.

        Raises `Problem` where it is no value of this type, or not JSON.
        """
        raise NotImplementedError

    def key(self, value: object) -> str:
        """The text of a value that is the key of an object."""
        raise Problem(f"{named(value)} can't be a key")

    def unfit_input(self, value: object) -> Problem:
        """A JSON value of another kind."""
        return Problem(f"expected {self.expected}, got {shown(value)}")

    def unfit_output(self, value: object) -> Problem:
        """A Python value of another type."""
        return Problem(f"expected {self.expected}, got {named(value)}")
