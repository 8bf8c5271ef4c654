"""The conformance suite's tasks in Python."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Optional

import flyte

env = flyte.TaskEnvironment(name="conformance")


class Color(Enum):
    RED = "red"
    DARK_RED = "dark-red"


@dataclass
class Point:
    x: float
    y: float = 0.5
    label: Optional[str] = None


@dataclass
class Numbers:
    whole: int
    real: float


@env.task
async def echo_point(point: Point) -> Point:
    return point


@env.task
async def echo_numbers(numbers: Numbers) -> Numbers:
    return numbers


@env.task
async def echo_text(text: str) -> str:
    return text


@env.task
async def echo_bytes(bytes: bytes) -> bytes:
    return bytes


@env.task
async def echo_list(items: list[int]) -> list[int]:
    return items


@env.task
async def echo_map(entries: dict[str, float]) -> dict[str, float]:
    return entries


@env.task
async def echo_pair(pair: tuple[int, str]) -> tuple[int, str]:
    return pair


@env.task
async def echo_optional(value: Optional[int] = None) -> Optional[int]:
    return value


@env.task
async def echo_color(color: Color) -> Color:
    return color


@env.task
async def echo_moment(moment: datetime) -> datetime:
    return moment


@env.task
async def nothing() -> None:
    pass


@env.task
async def nan() -> float:
    return float("nan")


@env.task
async def fail(message: str) -> None:
    raise ValueError(message)


@env.task
async def double(n: int) -> int:
    return 2 * n


@env.task
async def fan_out(n: int) -> int:
    return sum(await asyncio.gather(*(double(n=i) for i in range(n))))


@env.task
async def map_out(n: int) -> int:
    return sum([doubled async for doubled in flyte.map.aio(double, range(n))])


@env.task
async def passes_on() -> None:
    await fail(message="no luck")


@env.task
async def catches() -> str:
    try:
        await fail(message="no luck")
    except flyte.errors.TaskFailed as error:
        return error.kind
    return "nothing"


@env.task(retries=3)
async def flaky(until: int) -> int:
    attempt = flyte.ctx().attempt
    if attempt < until:
        raise ValueError(f"attempt {attempt} is too early")
    return attempt


@env.task(retries=3)
async def permanent() -> int:
    raise flyte.errors.NonRecoverableError(f"attempt {flyte.ctx().attempt} will not help")


@env.task
async def waits() -> None:
    await asyncio.sleep(3600)


@env.task
async def waits_for_a_child() -> None:
    await waits()


@env.task
async def prints(line: str) -> None:
    print(line)


@env.task
async def spin() -> None:
    while True:
        pass
