"""pydantic 2's ordinary names over pydantic 1, the one that is pure Python: compiled code is not for WebAssembly.

`install` puts them into the module `pydantic` before the author's file is run; what is not here is refused by name.
"""

import pydantic
from pydantic.fields import FieldInfo

from .errors import Misuse
from .pydantic_model import BaseModel
from .pydantic_validators import computed_field, field_validator, model_validator
from .values.annotated import LENGTHS

#: Of pydantic 1's own names, those that mean the same in pydantic 2.
_KEPT = (
    "ValidationError PositiveInt NegativeInt NonNegativeInt NonPositiveInt "
    "PositiveFloat NegativeFloat NonNegativeFloat NonPositiveFloat "
    "StrictBool StrictInt StrictFloat StrictStr conint confloat constr conlist PrivateAttr VERSION"
).split()
_V1_FIELD = pydantic.Field
_FIELD_OPTIONS = frozenset(
    "default default_factory alias title description gt ge lt le multiple_of min_length max_length pattern "
    "discriminator examples exclude repr json_schema_extra deprecated frozen strict".split()
)


def Field(default=..., **options) -> FieldInfo:
    """pydantic 2's `Field(…)`, with the names that pydantic 1 has for its options."""
    for name in options:
        if name not in _FIELD_OPTIONS:
            raise Misuse(f"the option `{name}` of `Field` is not supported in a component")
    if options.pop("strict", None):
        raise Misuse(
            "`Field(strict=True)` is not supported in a component",
            "`StrictInt`, `StrictStr`, `StrictFloat` and `StrictBool` are",
        )
    for name in ("examples", "json_schema_extra", "deprecated"):
        options.pop(name, None)
    if (pattern := options.pop("pattern", None)) is not None:
        options["regex"] = pattern
    for name in LENGTHS:
        # pydantic 1 has other names for them where the field is a list, which is not known here; the model checks them.
        if name in options:
            options[LENGTHS[name]] = options.pop(name)
    if options.pop("frozen", False):
        options["allow_mutation"] = False
    return _V1_FIELD(default if "default_factory" not in options else pydantic.fields.Undefined, **options)


def ConfigDict(**options) -> dict:
    """What `model_config` is."""
    return options


def install() -> None:
    """Puts pydantic 2's names into `pydantic`, and takes away what only pydantic 1 has."""
    names = {name: getattr(pydantic, name) for name in _KEPT}
    names |= {
        "BaseModel": BaseModel,
        "Field": Field,
        "ConfigDict": ConfigDict,
        "field_validator": field_validator,
        "model_validator": model_validator,
        "computed_field": computed_field,
    }
    for name in pydantic.__all__:
        if name not in names and not isinstance(getattr(pydantic, name), type(pydantic)):
            pydantic.__dict__.pop(name, None)
    pydantic.__dict__.update(names)
    pydantic.__all__ = list(names)
    pydantic.__getattr__ = _missing


def _missing(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    raise Misuse(
        f"`pydantic.{name}` is not supported in a component",
        "pydantic's compiled core is not for WebAssembly; what works is listed in the README of flyte-guest",
    )
