from __future__ import annotations
import flyte
from typing import Annotated, Literal, Optional
from pydantic import BaseModel, Field, ConfigDict, field_validator, model_validator, computed_field, ValidationError
from datetime import datetime

env = flyte.TaskEnvironment("pyd")

class Point(BaseModel):
    """A point."""
    model_config = ConfigDict(frozen=True)
    x: float = Field(ge=0, le=10, description="across")
    y: float = 0
    tags: list[str] = Field(default_factory=list, max_length=3)

class Shape(BaseModel):
    model_config = {"extra": "forbid", "str_strip_whitespace": True}
    name: str = Field(min_length=1, pattern=r"^[a-z]+$")
    points: list[Point]
    kind: Literal["open", "closed"] = "open"
    at: Optional[datetime] = None
    n: Annotated[int, Field(gt=0)] = 1

    @field_validator("name", mode="before")
    @classmethod
    def low(cls, v):
        return v.lower()

    @field_validator("points")
    @classmethod
    def some(cls, v, info):
        if not v: raise ValueError("no points")
        return v

    @model_validator(mode="after")
    def whole(self):
        if self.kind == "closed" and len(self.points) < 3:
            raise ValueError("a closed shape has three points")
        return self

    @computed_field
    @property
    def count(self) -> int:
        return len(self.points)

@env.task
async def echo(shape: Shape) -> Shape:
    copy = shape.model_copy(update={"n": 7})
    return Shape.model_validate_json(copy.model_dump_json(exclude={"count"}))

@env.task
async def dump(shape: Shape) -> str:
    return shape.model_dump_json()

@env.task
async def schema() -> dict:
    return Shape.model_json_schema()

@env.task
async def bad() -> str:
    try:
        Point(x=11)
    except ValidationError as e:
        return str(e)
@env.task
async def bad2() -> Point:
    return Point.model_validate({"x": "z"})
