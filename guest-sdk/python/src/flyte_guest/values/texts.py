"""What is a string in JSON: text, bytes, identifiers, decimals."""

import base64
import binascii
import decimal
import pathlib
import uuid

from .codec import Codec
from .jsontext import quoted
from .problem import Problem


class StrCodec(Codec):
    """`str`."""

    expected = "a string"
    kinds = frozenset({"string"})

    def schema(self, book):
        return {"type": "string"}

    def decode(self, value):
        if type(value) is str:
            return value
        raise self.unfit_input(value)

    def text(self, value):
        if isinstance(value, str):
            return quoted(value)
        raise self.unfit_output(value)

    def key(self, value):
        if isinstance(value, str):
            return str.__str__(value)
        raise self.unfit_output(value)


class BytesCodec(Codec):
    """`bytes` and `bytearray`, in base64 (RFC 4648, section 4, with padding)."""

    kinds = frozenset({"string"})

    def __init__(self, python_type: type):
        self.python_type = python_type
        self.expected = "a base64 string"

    def schema(self, book):
        return {"type": "string", "contentEncoding": "base64"}

    def decode(self, value):
        if type(value) is not str:
            raise self.unfit_input(value)
        try:
            decoded = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Problem(f"not base64: {error}") from None
        return decoded if self.python_type is bytes else self.python_type(decoded)

    def text(self, value):
        if isinstance(value, (bytes, bytearray, memoryview)):
            return f'"{base64.b64encode(value).decode()}"'
        raise Problem(f"expected bytes, got a value of type `{type(value).__qualname__}`")


class PrintedCodec(Codec):
    """A type with a text that its constructor takes."""

    kinds = frozenset({"string"})

    def __init__(self, python_type: type, expected: str, format: str | None):
        self.python_type = python_type
        self.expected = expected
        self.format = format

    def schema(self, book):
        return {"type": "string"} | ({"format": self.format} if self.format else {})

    def decode(self, value):
        if type(value) is not str:
            raise self.unfit_input(value)
        try:
            return self.python_type(value)
        except (ValueError, ArithmeticError):
            raise self.unfit_input(value) from None

    def text(self, value):
        if not isinstance(value, self.python_type):
            raise self.unfit_output(value)
        return quoted(str(value))


class DecimalCodec(PrintedCodec):
    """`decimal.Decimal`, as text: a JSON number would go through a float somewhere."""

    def __init__(self):
        super().__init__(decimal.Decimal, "a decimal number as a string", "decimal")

    def decode(self, value):
        number = super().decode(value)
        if not number.is_finite():
            raise self.unfit_input(value)
        return number

    def text(self, value):
        if isinstance(value, decimal.Decimal) and not value.is_finite():
            raise Problem(f"{value} is not a finite number")
        return super().text(value)


def printed_codecs() -> dict[type, Codec]:
    """The types of this module, and their codecs."""
    return {
        str: StrCodec(),
        bytes: BytesCodec(bytes),
        bytearray: BytesCodec(bytearray),
        uuid.UUID: PrintedCodec(uuid.UUID, "a UUID", "uuid"),
        decimal.Decimal: DecimalCodec(),
        pathlib.Path: PrintedCodec(pathlib.Path, "a path", None),
        pathlib.PurePath: PrintedCodec(pathlib.PurePath, "a path", None),
        pathlib.PurePosixPath: PrintedCodec(pathlib.PurePosixPath, "a path", None),
    }
