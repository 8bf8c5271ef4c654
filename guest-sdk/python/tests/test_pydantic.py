"""pydantic 2's names over pydantic 1."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Optional, Union

import pytest
from flyte_guest import pydantic2
from flyte_guest.errors import Misuse
from flyte_guest.schema import SchemaBook
from flyte_guest.values import Problem, codec_of

pydantic2.install()

import pydantic  # noqa: E402
from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator  # noqa: E402


class Point(BaseModel):
    """A point."""

    model_config = ConfigDict(frozen=True)
    x: float = Field(ge=0, description="across")
    y: float = 0.0


class Shape(BaseModel):
    name: str = Field(pattern="^[a-z]+$")
    points: list[Point] = Field(default_factory=list, max_length=3)
    note: Optional[str]

    @field_validator("name", mode="before")
    @classmethod
    def lower(cls, value):
        return value.lower()

    @model_validator(mode="after")
    def not_bad(self):
        if self.name == "bad":
            raise ValueError("bad")
        return self

    @computed_field
    @property
    def count(self) -> int:
        return len(self.points)


def test_the_methods_of_models():
    shape = Shape.model_validate({"name": "A", "points": [{"x": 1}], "note": None})
    assert shape.model_dump() == {"name": "a", "points": [{"x": 1.0, "y": 0.0}], "note": None, "count": 1}
    assert shape.model_dump_json(exclude={"points"}) == '{"name":"a","note":null,"count":1}'
    assert Shape.model_validate_json('{"name":"b","note":"n"}').note == "n"
    assert shape.model_copy(update={"note": "x"}).note == "x"
    assert list(Shape.model_fields) == ["name", "points", "note"]
    assert shape.model_fields_set == {"name", "points", "note"}
    assert Shape.model_json_schema()["required"] == ["name", "note"]


@pytest.mark.parametrize("data", [{"name": "a"}, {"name": "bad", "note": None}, {"name": "1", "note": None}])
def test_what_is_not_valid(data):
    with pytest.raises(pydantic.ValidationError):
        Shape.model_validate(data)


def test_a_model_is_a_value():
    codec = codec_of(Shape)
    decoded = codec.decode({"name": "A", "points": [{"x": 1}], "note": None})
    assert codec.text(decoded) == '{"name":"a","points":[{"x":1.0,"y":0.0}],"note":null}'
    with pytest.raises(Problem, match=r"^bad$"):
        codec.decode({"name": "bad", "note": None})
    with pytest.raises(Problem, match="unknown field"):
        codec.decode({"name": "a", "note": None, "nmae": 1})


@dataclass
class Either:
    text: Union[int, str]
    texts: Union[list[int], list[str]]


class Unions(BaseModel):
    number: Union[int, float]
    text: Union[int, str]
    day: Union[date, str]
    items: list[Union[int, str]]
    lists: Union[list[int], list[str]]
    maybe: list[int] | list[str] | None
    dicts: Union[dict[str, int], dict[str, float]]
    pairs: list[Union[tuple[int, str], tuple[str, str]]]
    nested: Either


def test_values_of_unions_are_not_made_others():
    value = {
        "number": 1.5,
        "text": "007",
        "day": "2024-01-31",
        "items": ["007", 7],
        "lists": ["01"],
        "maybe": ["01"],
        "dicts": {"a": 1.5},
        "pairs": [["01", "b"]],
        "nested": {"text": "007", "texts": ["01"]},
    }
    codec = codec_of(Unions)
    decoded = codec.decode(value)
    assert (decoded.number, decoded.text, decoded.day) == (1.5, "007", date(2024, 1, 31))
    assert json.loads(codec.text(decoded)) == value


class Point3(Point):
    z: float


def test_a_submodel_does_not_lose_its_fields():
    with pytest.raises(Problem, match="`z` would be lost"):
        codec_of(Point).text(Point3(x=1, z=2))
    assert codec_of(Union[Point, Point3]).text(Point3(x=1, z=2)) == '{"x":1.0,"y":0.0,"z":2.0}'


class Packet(BaseModel):
    data: bytes = Field(max_length=4)
    more: Annotated[bytes, Field(max_length=1)] = b""
    name: Annotated[str, Field(pattern="^[a-z]*$")] = ""

    @field_validator("name", mode="before")
    @classmethod
    def lower(cls, value):
        return value.lower()


@pytest.mark.parametrize(
    ("hint", "fits", "problem"),
    [
        (Annotated[bytes, Field(max_length=4)], ("AAAAAA==", "AAAAAAA="), "at most 4, got 5"),
        (Annotated[Optional[bytes], Field(min_length=1)], ("AA==", ""), "at least 1, got 0"),
        (Annotated[Decimal, Field(gt=0)], ("0.1", "-1"), "a number above 0, got -1"),
        (Annotated[Decimal, Field(multiple_of=0.5)], ("1.5", "1.2"), "a multiple of 0.5"),
        (Annotated[str, Field(pattern="^a")], ("ab", "ba"), r"matches \^a"),
        (pydantic.constr(regex="^a"), ("ab", "ba"), r"matches \^a"),
    ],
)
def test_rules_that_a_schema_cannot_say_are_checked(hint, fits, problem):
    codec = codec_of(hint)
    assert not {"minLength", "maxLength", "pattern"} & codec.schema(SchemaBook(of_output=False)).keys()
    assert json.loads(codec.text(codec.decode(fits[0]))) == fits[0]
    with pytest.raises(Problem, match=problem):
        codec.decode(fits[1])


def test_the_length_of_bytes_in_a_model_is_not_that_of_their_text():
    book = SchemaBook(of_output=False)
    codec_of(Packet).schema(book)
    assert "maxLength" not in book.definitions["Packet"]["properties"]["data"]
    assert codec_of(Packet).decode({"data": "AAAAAA=="}).data == bytes(4)
    for wrong in ({"data": "AAAAAAA="}, {"data": "", "more": "AAA="}, {"data": "", "name": "1"}):
        with pytest.raises(Problem):
            codec_of(Packet).decode(wrong)
    assert codec_of(Packet).decode({"data": "", "name": "A"}).name == "a"


@pytest.mark.parametrize("hint", [Annotated[date, Field(max_length=4)], Annotated[str, Field(gt=1)]])
def test_rules_without_effect_are_refused(hint):
    with pytest.raises(TypeError, match="would have no effect"):
        codec_of(hint)


def test_what_is_not_supported_is_refused_by_name():
    with pytest.raises(Misuse, match=r"`pydantic.TypeAdapter` is not supported"):
        pydantic.TypeAdapter
    with pytest.raises(Misuse, match="`pydantic.validator`"):
        pydantic.validator
    with pytest.raises(Misuse, match="`nonsense`"):
        Field(1, nonsense=2)
    with pytest.raises(Misuse, match="`hide_input_in_errors`"):

        class Odd(BaseModel):
            model_config = ConfigDict(hide_input_in_errors=True)


def test_checks_are_made_of_what_comes_by_attributes():
    class Source:
        name, points, note = "Bad", [], None

    class Attributed(Shape):
        model_config = ConfigDict(from_attributes=True)
        tags: list[str] = Field(default_factory=list, max_length=1)

    with pytest.raises(pydantic.ValidationError, match="bad"):
        Attributed.model_validate(Source())
    Source.name, Source.tags = "good", ["a", "b"]
    with pytest.raises(pydantic.ValidationError, match="tags"):
        Attributed.model_validate(Source())
    Source.tags = []
    assert Attributed.model_validate(Source()).name == "good"


def test_json_is_written_as_pydantic_2_writes_it():
    class Forms(BaseModel):
        price: Decimal
        span: timedelta
        at: datetime
        spans: list[timedelta] = []

    at = datetime(2026, 1, 2, 3, 4, 5, 100000, tzinfo=UTC)
    forms = Forms(price=Decimal("1.50"), span=timedelta(days=1, hours=2, seconds=1.5), at=at)
    text = '{"price":"1.50","span":"P1DT2H1.5S","at":"2026-01-02T03:04:05.100000Z","spans":[]}'
    assert forms.model_dump_json() == text
    assert forms.model_dump(mode="json") == json.loads(text)
    assert forms.model_dump()["span"] == timedelta(days=1, hours=2, seconds=1.5)
    spans = [timedelta(0), timedelta(days=800), timedelta(minutes=-90), timedelta(days=-1), timedelta(milliseconds=1)]
    written = ["PT0S", "P2Y70D", "-PT1H30M", "-P1D", "PT0.001S"]
    assert forms.model_copy(update={"spans": spans}).model_dump(mode="json")["spans"] == written

    class Outer(BaseModel):
        inner: Forms
        other: datetime

    other = datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    outer = Outer(inner=forms, other=other).model_dump(mode="json")
    assert outer["inner"]["price"] == "1.50" and outer["other"] == "2026-01-02T00:00:00+02:00"


def test_strictness_is_refused_by_name():
    with pytest.raises(Misuse, match="`strict=True`"):
        type("M", (BaseModel,), {"model_config": ConfigDict(strict=True)})
    with pytest.raises(Misuse, match=r"`Field\(strict=True\)`"):
        Field(strict=True)
    with pytest.raises(Misuse, match="`ser_json_timedelta='float'`"):
        type("M", (BaseModel,), {"model_config": ConfigDict(ser_json_timedelta="float")})
    with pytest.raises(Misuse, match="`strict` is not supported"):
        Point.model_validate({"x": 1}, strict=True)
    with pytest.raises(Misuse, match="`context` is not supported"):
        Point.model_validate_json("{}", context={"a": 1})
    assert Field(strict=False) is not None
