"""The JSON of Python's types."""

import enum
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, NotRequired, Optional, TypedDict, Union
from uuid import UUID

import pytest

from flyte_guest.schema import SchemaBook
from flyte_guest.values import Problem, Unfit, codec_of
from flyte_guest.values.jsontext import check_depth, parsed


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Node:
    """A tree."""

    value: int
    children: "list[Node]" = field(default_factory=list)
    color: Color = Color.RED


class Point(NamedTuple):
    x: int
    y: float = 2


class Keyed(TypedDict):
    a: int
    b: NotRequired[str]


ROUND_TRIPS = [
    (int, 2**100, str(2**100)),
    (float, 9.0, "9.0"),
    (float, 1e16, "1e+16"),
    (float, 1.2e-5, "0.000012"),
    (float, 1e-6, "1e-6"),
    (float, -0.0, "-0.0"),
    (float, 1.5e300, "1.5e+300"),
    (bool, True, "true"),
    (str, 'ü"\x1b\n', '"ü\\"\\u001b\\n"'),
    (bytes, b"hi", '"aGk="'),
    (type(None), None, "null"),
    (list[int], [1, 2], "[1,2]"),
    (tuple[int, str], (1, "a"), '[1,"a"]'),
    (tuple[int, ...], (1, 2), "[1,2]"),
    (set[str], {"b", "a"}, '["a","b"]'),
    (dict[str, float], {"a": 1.0}, '{"a":1.0}'),
    (dict[int, str], {-3: "x"}, '{"-3":"x"}'),
    (dict[Color, int], {Color.RED: 1}, '{"red":1}'),
    (Optional[int], None, "null"),
    (int | str, "1", '"1"'),
    (float | int, 1, "1"),
    (Literal["a", 1], 1, "1"),
    (Color, Color.GREEN, '"green"'),
    (datetime, datetime(2024, 1, 2, 3, 4, 5, 120000, timezone.utc), '"2024-01-02T03:04:05.12Z"'),
    (datetime, datetime(2024, 1, 2, 3, 4, 5), '"2024-01-02T03:04:05"'),
    (date, date(2024, 1, 2), '"2024-01-02"'),
    (time, time(3, 4, 5), '"03:04:05"'),
    (timedelta, timedelta(days=1, hours=1, seconds=0.5), '"PT25H0.5S"'),
    (timedelta, timedelta(0), '"PT0S"'),
    (timedelta, -timedelta(minutes=1), '"-PT1M"'),
    (UUID, UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    (Decimal, Decimal("1.10"), '"1.10"'),
    (Point, Point(1, 2.0), '{"x":1,"y":2.0}'),
    (Keyed, {"a": 1}, '{"a":1}'),
    (Any, [1, {"x": 2.5}], '[1,{"x":2.5}]'),
    (Node, Node(1, [Node(2)]), '{"value":1,"children":[{"value":2,"children":[],"color":"red"}],"color":"red"}'),
]


@pytest.mark.parametrize(("hint", "value", "text"), ROUND_TRIPS)
def test_a_value_survives_json(hint, value, text):
    codec = codec_of(hint)
    assert codec.text(value) == text
    decoded = codec.decode(parsed(text))
    assert decoded == value
    assert type(decoded) is type(value)


@pytest.mark.parametrize(
    ("hint", "text", "problem"),
    [
        (int, "1.0", "expected an integer, got the number 1.0"),
        (int, "true", "expected an integer, got true"),
        (float, '"1.5"', 'expected a number, got the string "1.5"'),
        (list[int], '[1,"a"]', '[1]: expected an integer, got the string "a"'),
        (Node, '{"value":1,"childen":[]}', "childen: unknown field; did you mean `children`?"),
        (Node, '{"value":1,"children":[{}]}', "children[0].value: missing"),
        (Color, '"blue"', 'expected one of "red", "green", got the string "blue"'),
        (date, '"2024-13-01"', 'expected a date such as 2026-01-31, got the string "2024-13-01"'),
        (Literal[1], "true", "expected 1, got true"),
        (dict[int, int], '{"x":1}', "x: expected an integer as the key"),
    ],
)
def test_what_does_not_fit_is_said_with_its_path(hint, text, problem):
    with pytest.raises(Problem) as raised:
        codec_of(hint).decode(parsed(text))
    assert str(raised.value) == problem


@pytest.mark.parametrize(
    ("hint", "value", "problem"),
    [
        (dict[str, list[float]], {"a": [1.0, float("nan")]}, "a[1]: NaN is not a JSON number"),
        (float, float("-inf"), "-infinity is not a JSON number"),
        (int, "1", "expected an integer, got a value of type `str`"),
        (int, True, "expected an integer, got a value of type `bool`"),
        (str, "\ud800", "no valid text: a lone surrogate at character 0"),
        (Node, {"value": 1}, "expected a `Node`, got a value of type `dict`"),
        (Keyed, {"a": 1, "c": 2}, "c: unknown field; did you mean `a`?"),
    ],
)
def test_what_is_no_json_is_refused(hint, value, problem):
    with pytest.raises(Problem) as raised:
        codec_of(hint).text(value)
    assert str(raised.value) == problem


@dataclass
class Animal:
    name: str


@dataclass
class Dog(Animal):
    tricks: int = 0


@dataclass
class Cat(Animal):
    count: ClassVar[int] = 0
    name: Literal["cat"] = "cat"


def test_a_subclass_does_not_lose_its_fields():
    with pytest.raises(Problem, match="expected a `Animal`, got a `Dog`, whose `tricks` would be lost"):
        codec_of(Animal).text(Dog("a", 1))
    assert codec_of(Animal).text(Cat()) == '{"name":"cat"}'
    assert codec_of(Animal | Dog).text(Dog("a", 1)) == '{"name":"a","tricks":1}'
    with pytest.raises(Problem, match="whose `tricks`"):
        codec_of(list[Animal]).text([Dog("a", 1)])


def test_an_integer_is_a_float():
    assert codec_of(float).decode(1) == 1.0
    assert codec_of(float).text(1) == "1.0"


@pytest.mark.parametrize("around", [lambda hint: hint, lambda hint: list[hint], lambda hint: dict[str, tuple[hint]]])
def test_the_order_of_a_union_counts(around):
    def members(hint):
        return str(codec_of(around(hint)).schema(SchemaBook(of_output=False)))

    assert members(str | date).index("date") > members(date | str).index("date")
    assert members(Union[str, date]) == members(str | date)


@pytest.mark.parametrize("hint", [object, complex, dict[float, int], "Nowhere", type])
def test_types_that_cannot_cross(hint):
    with pytest.raises(Unfit):
        codec_of(hint)


def test_the_class_of_a_bad_field_is_known():
    @dataclass
    class Bad:
        inner: complex

    with pytest.raises(Unfit, match="the field `inner`: `complex` can't be passed") as raised:
        codec_of(Bad)
    assert raised.value.owner is Bad


def test_the_schema_of_a_recursive_record_is_that_of_rust():
    book = SchemaBook(of_output=False)
    assert codec_of(Node).schema(book) == {"$ref": "#/$defs/Node"}
    assert book.definitions == {
        "Node": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}, "default": []},
                "color": {"$ref": "#/$defs/Color", "default": "red"},
            },
            "required": ["value"],
            "description": "A tree.",
        },
        "Color": {"type": "string", "enum": ["red", "green"]},
    }


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (float | None, {"type": ["number", "null"], "format": "double"}),
        (Literal["a"] | None, {"type": ["string", "null"], "enum": ["a", None]}),
        (Node | None, {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}),
        (list[Any], {"type": "array", "items": True}),
        (set[int], {"type": "array", "uniqueItems": True, "items": {"type": "integer"}}),
        (Annotated[str, "text"], {"type": "string"}),
        (bytes, {"type": "string", "contentEncoding": "base64"}),
    ],
)
def test_schemas(hint, schema):
    assert codec_of(hint).schema(SchemaBook(of_output=False)) == schema


def test_json_nests_127_deep():
    check_depth("[" * 127 + "]" * 127)
    with pytest.raises(Problem):
        check_depth("[" * 128 + "]" * 128)
    check_depth('"' + "[" * 200 + '"')
