"""pydantic 2's `BaseModel` over pydantic 1's."""

import json
import types
import typing

import pydantic
from pydantic.error_wrappers import ErrorWrapper
from pydantic.fields import ModelField
from pydantic.main import ModelMetaclass

from .errors import Misuse
from .pydantic_json import JSON_FORMS
from .pydantic_validators import ComputedField, ModelCheck
from .values import codec_of
from .values.annotated import LENGTHS, check
from .values.problem import Problem

#: What `model_config` may say, and what pydantic 1 calls it; None where it changes nothing here.
_CONFIG = {
    "extra": "extra",
    "frozen": "frozen",
    "validate_assignment": "validate_assignment",
    "arbitrary_types_allowed": "arbitrary_types_allowed",
    "populate_by_name": "allow_population_by_field_name",
    "validate_by_name": "allow_population_by_field_name",
    "str_strip_whitespace": "anystr_strip_whitespace",
    "str_to_lower": "anystr_lower",
    "str_to_upper": "anystr_upper",
    "str_min_length": "min_anystr_length",
    "str_max_length": "max_anystr_length",
    "use_enum_values": "use_enum_values",
    "validate_default": "validate_all",
    "alias_generator": "alias_generator",
    "title": "title",
    "from_attributes": "orm_mode",
    "protected_namespaces": None,
    "json_schema_extra": None,
    "ser_json_timedelta": None,
    "strict": None,
}
#: Of some options, what they may be: as it is without them.
_AS_IS = {"ser_json_timedelta": "iso8601", "strict": False}


_validate_singleton = ModelField._validate_singleton


def _validate_union(field, value, values, loc, cls):
    """Leaves a value that is of the union as it is: pydantic 1 looks only at the outermost type of lists and dicts."""
    union = field.sub_fields and field.discriminator_key is None and typing.get_origin(field.type_) in _UNIONS
    if union and isinstance(value, (list, tuple, set, frozenset, dict)):
        try:
            codec_of(field.type_).text(value)
        except (Problem, TypeError, NameError):
            return _validate_singleton(field, value, values, loc, cls)
        return value, None
    return _validate_singleton(field, value, values, loc, cls)


_UNIONS = (typing.Union, types.UnionType)
# All models' fields: pydantic 1 makes models of dataclasses and TypedDicts too.
ModelField._validate_singleton = _validate_union


def _lengths(cls) -> dict[str, dict]:
    """The bounds of lengths that `Field` was given, by the fields."""
    keywords = {LENGTHS["min_length"]: "minLength", LENGTHS["max_length"]: "maxLength"}
    found = {}
    for name, field in cls.__fields__.items():
        extra = field.field_info.extra
        if rules := {keyword: extra[key] for key, keyword in keywords.items() if key in extra}:
            found[name] = rules
    return found


def _refuse(**options) -> None:
    """Refuses what pydantic 2 heeds and this can't."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise Misuse(f"`{name}` is not supported in a component when a model is validated")


class _Meta(ModelMetaclass):
    def __new__(mcs, name, bases, namespace, **options):
        config = namespace.pop("model_config", None) or {}
        translated = {}
        for option, value in config.items():
            if option not in _CONFIG:
                raise Misuse(f"`model_config` of `{name}` has `{option}`, which is not supported in a component")
            if value != _AS_IS.get(option, value):
                told = f"`{option}={value!r}`"
                raise Misuse(f"`model_config` of `{name}` has {told}, which is not supported in a component")
            if _CONFIG[option]:
                translated[_CONFIG[option]] = value
        if translated:
            namespace["Config"] = type("Config", (), translated)
        checks = {key: value for key, value in namespace.items() if isinstance(value, ModelCheck)}
        computed = [key for key, value in namespace.items() if isinstance(value, ComputedField)]
        for key in checks:
            del namespace[key]
        cls = super().__new__(mcs, name, bases, namespace, **options)
        # Where it is annotated, pydantic 1 takes it for a field.
        cls.__fields__.pop("model_config", None)
        inherited = [base for base in bases if isinstance(base, _Meta)]
        for key, field in cls.__fields__.items():
            # To pydantic 1 what may be None has the default None; to pydantic 2 it has none unless it says so.
            own = key not in namespace and not any(key in base.__fields__ for base in inherited)
            if own and field.default is None and field.default_factory is None:
                field.required = True
        type.__setattr__(cls, "__flyte_checks__", sum((base.__flyte_checks__ for base in inherited), ()))
        type.__setattr__(cls, "__flyte_checks__", cls.__flyte_checks__ + tuple(c.function for c in checks.values()))
        type.__setattr__(cls, "__flyte_lengths__", _lengths(cls))
        names = [name for base in inherited for name in base.__flyte_computed__]
        type.__setattr__(cls, "__flyte_computed__", tuple(dict.fromkeys([*names, *computed])))
        return cls

    @property
    def model_fields(cls) -> dict:
        """The fields, by name."""
        return cls.__fields__

    @property
    def model_computed_fields(cls) -> dict:
        """The computed fields, by name."""
        return {name: getattr(cls, name) for name in cls.__flyte_computed__}


class BaseModel(pydantic.BaseModel, metaclass=_Meta):
    """A model. The methods are pydantic 2's."""

    class Config:
        # As pydantic 2: a model may hold what was validated, not a copy of it.
        copy_on_model_validation = "none"
        # Also as pydantic 2: 1.5 is no int for `int | float`, though pydantic 1 can make one of it.
        smart_union = True
        json_encoders = JSON_FORMS

    def __init__(self, /, **data):
        super().__init__(**data)
        self.__flyte_check__()

    @classmethod
    def from_orm(cls, obj):
        """A model of an object with attributes."""
        made = super().from_orm(obj)
        made.__flyte_check__()
        return made

    def __flyte_check__(self) -> None:
        """What is checked of a model once it is made."""
        for name, rules in self.__flyte_lengths__.items():
            try:
                check(getattr(self, name), rules)
            except Problem as problem:
                raise pydantic.ValidationError([ErrorWrapper(ValueError(str(problem)), name)], type(self)) from None
        self.model_post_init(None)
        for whole in self.__flyte_checks__:
            try:
                whole(self)
            except (ValueError, AssertionError) as error:
                raise pydantic.ValidationError([ErrorWrapper(error, "__root__")], type(self)) from error

    @property
    def model_fields_set(self) -> set:
        """The fields that were given."""
        return self.__fields_set__

    def model_dump(
        self,
        *,
        mode: str = "python",
        include=None,
        exclude=None,
        by_alias: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> dict:
        """The fields, as a dict."""
        options = {
            "include": include,
            "exclude": exclude,
            "by_alias": by_alias,
            "exclude_unset": exclude_unset,
            "exclude_defaults": exclude_defaults,
            "exclude_none": exclude_none,
        }
        return json.loads(self.json(**options)) if mode == "json" else self.dict(**options)

    def _iter(self, **options):
        # Computed fields of nested models come by the same way.
        yield from super()._iter(**options)
        if not options.get("to_dict"):
            return
        include, exclude = options.get("include"), options.get("exclude")
        for name in self.__flyte_computed__:
            if (include is None or name in include) and (exclude is None or name not in exclude):
                yield name, getattr(self, name)

    def model_dump_json(self, *, indent: int | None = None, **options) -> str:
        """The fields, as JSON text."""
        layout = {"indent": indent} if indent is not None else {"separators": (",", ":")}
        return self.json(**options, **layout, ensure_ascii=False)

    @classmethod
    def model_validate(cls, obj, *, strict=None, from_attributes=None, context=None):
        """A model of a dict, or of a model."""
        _refuse(strict=strict, context=context)
        if isinstance(obj, cls):
            return obj
        by_attributes = from_attributes or (cls.__config__.orm_mode and not isinstance(obj, dict))
        return cls.from_orm(obj) if by_attributes else cls.parse_obj(obj)

    @classmethod
    def model_validate_json(cls, json_data, *, strict=None, context=None):
        """A model of JSON text."""
        _refuse(strict=strict, context=context)
        return cls.parse_raw(json_data)

    @classmethod
    def model_json_schema(cls, by_alias: bool = True) -> dict:
        """The JSON Schema that a task with this type has."""
        from .schema import SchemaBook

        book = SchemaBook(of_output=False)
        root = codec_of(cls).schema(book)
        name = root["$ref"].rsplit("/", 1)[-1]
        definition = book.definitions.pop(name) if str(book.definitions).count(root["$ref"]) == 0 else root
        return definition | ({"$defs": book.definitions} if book.definitions else {})

    def model_copy(self, *, update: dict | None = None, deep: bool = False):
        """A copy, with some fields changed and not validated."""
        return self.copy(update=update, deep=deep)

    @classmethod
    def model_construct(cls, _fields_set=None, **values):
        """A model that is not validated."""
        return cls.construct(_fields_set, **values)

    @classmethod
    def model_rebuild(cls, **options) -> None:
        """Looks at forward references again."""
        cls.update_forward_refs()

    def model_post_init(self, context) -> None:
        """Called once the model is made."""
