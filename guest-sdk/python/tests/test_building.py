"""What a build says of authors' mistakes, natively: without the contract's types."""

import json
import sys
from types import ModuleType
from unittest.mock import MagicMock

import pytest

PROGRAM = """
import datetime
from dataclasses import dataclass, field
import flyte

env = flyte.TaskEnvironment("test")

def none():
    return {}["k"]

@dataclass
class Misspelt:
    day: "datetime.dat"

@dataclass
class Made:
    value: int = field(default_factory=none)

@env.task
def a(x: Misspelt) -> None: ...

@env.task
def b(x: Made) -> None: ...

@env.task
def c(x: "datetime.dat") -> None: ...

@env.task
def d(x: "list[") -> None: ...
"""


@pytest.fixture
def building(tmp_path, monkeypatch):
    (tmp_path / "mistaken.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(tmp_path)
    plan = ModuleType("flyte_plan")
    plan.LAZY, plan.MAIN, plan.PYDANTIC = {}, "mistaken", False
    monkeypatch.setitem(sys.modules, "flyte_plan", plan)
    for name in ("wit_world", "wit_world.imports"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
    from flyte_guest import building, sources

    monkeypatch.setattr(sources, "_root", None)
    yield building
    for name in ("mistaken", "flyte_guest.building", "flyte_guest.described"):
        sys.modules.pop(name, None)


def test_whatever_authors_types_and_defaults_raise_is_told_with_its_place(building):
    with pytest.raises(building.Refused) as raised:
        building.specs()
    problems = json.loads(str(raised.value).removeprefix(building.MARKER))
    misspelt = "AttributeError: module 'datetime' has no attribute 'dat'"
    assert [problem["message"] for problem in problems[:3]] == [
        f"`Misspelt`: {misspelt}",
        "the task `b`: the default of the field `Made.value`: KeyError: 'k'",
        f"the task `c`: {misspelt}",
    ]
    assert problems[3]["message"].startswith("the task `d`: SyntaxError: Forward reference")
    assert (problems[0]["class"], problems[2]["line"]) == ("Misspelt", 25)
