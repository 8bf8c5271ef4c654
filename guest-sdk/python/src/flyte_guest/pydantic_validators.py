"""pydantic 2's validators, as pydantic 1 runs them."""

import inspect
from collections.abc import Callable

from pydantic import root_validator, validator

from .errors import Misuse


class ValidationInfo:
    """What a validator is told beside the value."""

    def __init__(self, data: dict, field_name: str | None):
        self.data = data
        self.field_name = field_name
        self.context = None
        self.mode = "python"


def field_validator(field: str, /, *fields: str, mode: str = "after", check_fields: bool | None = None):
    """A validator of fields: a classmethod that takes the value and gives it back."""
    if not isinstance(field, str):
        raise Misuse("`@field_validator` takes the names of fields")
    if mode not in ("before", "after"):
        raise Misuse(f'`@field_validator` supports the modes "before" and "after" in a component, not {mode!r}')

    def decorate(function):
        plain = function.__func__ if isinstance(function, (classmethod, staticmethod)) else function
        offset = 0 if isinstance(function, staticmethod) else 1
        takes_info = len(inspect.signature(plain).parameters) > offset + 1

        def validate(cls, value, values, field):
            arguments = [] if offset == 0 else [cls]
            arguments += [value, ValidationInfo(values, field.name)] if takes_info else [value]
            return plain(*arguments)

        validate.__qualname__ = plain.__qualname__
        made = validator(field, *fields, pre=mode == "before", check_fields=check_fields is not False, allow_reuse=True)
        return made(validate)

    return decorate


class ModelCheck:
    """A validator of a whole model that was made."""

    def __init__(self, function: Callable):
        self.function = function


def model_validator(*, mode: str):
    """A validator of a whole model: of what it is made of ("before"), or of itself ("after")."""
    if mode not in ("before", "after"):
        raise Misuse(f'`@model_validator` supports the modes "before" and "after" in a component, not {mode!r}')

    def decorate(function):
        plain = function.__func__ if isinstance(function, classmethod) else function
        if mode == "after":
            return ModelCheck(plain)
        return root_validator(pre=True, allow_reuse=True)(lambda cls, values: plain(cls, values))

    return decorate


class ComputedField(property):
    """A property that is part of what a model is dumped to."""


def computed_field(function=None, /, **options):
    """`@computed_field`, above `@property` or alone."""
    if options.keys() - {"alias", "title", "description", "repr", "return_type"}:
        raise Misuse(f"`@computed_field` has options that are not supported in a component: {', '.join(options)}")

    def decorate(found):
        return ComputedField(found.fget if isinstance(found, property) else found)

    return decorate if function is None else decorate(function)
