"""pydantic models. They are pydantic 1's, whichever names the author uses; see `flyte_guest.pydantic2`."""

import sys

from .annotated import RuledCodec, rules_of
from .fields import hints_of, with_place
from .problem import Problem
from .records import Field, Missing, RecordCodec


def is_model(cls: type) -> bool:
    """Whether it is a pydantic model."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and issubclass(cls, pydantic.main.BaseModel)


def fields_of_model(cls: type, codec_of) -> list[Field]:
    """The fields of a model, by the names they have in JSON: an alias counts."""
    if cls.__custom_root_type__:
        raise TypeError(f"`{cls.__qualname__}` has a custom root: use a field, or the type itself")
    hints = hints_of(cls)
    fields = []
    for name, field in cls.__fields__.items():
        hint = hints.get(name, field.outer_type_)
        codec = with_place(name, lambda: codec_of(hint))
        if isinstance(codec, RuledCodec) and codec.guest_rules:
            # The model checks them itself, after validators that may change the value.
            codec = RuledCodec(codec.inner, codec.rules, {})
        info = field.field_info
        fields.append(
            Field(
                name=field.alias,
                attribute=name,
                codec=codec,
                default=Missing if field.required else field.get_default,
                description=info.description or "",
                rules=rules_of(info, codec),
            )
        )
    return fields


class ModelCodec(RecordCodec):
    """A pydantic model: its own validators have the last word."""

    def construct(self, arguments):
        from pydantic import ValidationError

        aliased = {self.aliases[attribute]: value for attribute, value in arguments.items()}
        try:
            return self.python_type(**aliased)
        except ValidationError as error:
            first = error.errors()[0]
            problem = Problem(first["msg"])
            for step in reversed(first["loc"]):
                if step != "__root__":
                    problem.within(step)
            raise problem from None

    def prepare(self, fields):
        super().prepare(fields)
        self.aliases = {field.attribute: field.name for field in fields}
