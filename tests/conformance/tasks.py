"""The conformance suite's tasks in Python."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, Optional, Union

import flyte
from flyte_guest import rights

env = flyte.TaskEnvironment(name="conformance")
uses = 0


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


@dataclass
class Circle:
    kind: Literal["circle"]
    radius: float


@dataclass
class Square:
    kind: Literal["square"]
    side: float


@env.task
async def echo_shape(shape: Union[Circle, Square]) -> Union[Circle, Square]:
    return shape


@env.task
async def echo_either(value: Union[int, str]) -> Union[int, str]:
    return value


@env.task
async def counts() -> int:
    global uses
    uses += 1
    return uses


@env.task(reusable=flyte.ReusePolicy(idle_ttl=60))
async def counts_on() -> int:
    return await counts.forward()


@env.task
async def counts_twice() -> list[int]:
    return [await counts(), await counts(), await counts_on(), await counts_on()]


@env.task
async def cancels() -> int:
    cancelled = 0
    for n in range(3):
        try:
            async with asyncio.timeout(0.05):
                await waits()
        except TimeoutError:
            cancelled += 1
        await double(n=n)
    return cancelled


@env.task
async def hoards() -> int:
    return sum(bytearray(512 << 20))


@env.task
async def breaks() -> None:
    raise RuntimeError("no luck")


@env.task(rights=[rights.env("TOKEN")])
async def reads_variable() -> str:
    return os.environ["TOKEN"]


kept_for_an_hour = flyte.Cache("auto", ignored_inputs="note", serialize=True, max_age=3600)


@env.task(cache=kept_for_an_hour)
async def kept(key: int, note: str) -> str:
    return f"{key} {note}"


@env.task(cache=flyte.Cache(behavior="override", version_override="v1"))
async def kept_by_version() -> None: ...
