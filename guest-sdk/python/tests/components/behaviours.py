"""One task for each behaviour that only a host shows."""

import asyncio
import functools
import logging
import os
import random
import sys
from datetime import date, timedelta
from typing import Any, List, Optional, Union

import flyte
from flyte_guest import external, invoke, progress, rights

env = flyte.TaskEnvironment(name="behaviours", env_vars={"MODE": "test"})
warm = flyte.TaskEnvironment(name="warm", reusable=flyte.ReusePolicy(idle_ttl=60))
uses = 0


@env.task
def double(x: int, plus: int = 0) -> int:
    if x < 0:
        raise ValueError(f"no {x}")
    return 2 * x + plus


@env.task
async def slow(seconds: float = 5.0) -> float:
    await asyncio.sleep(seconds)
    return seconds


@env.task
def sync_parent(n: int) -> list[int]:
    return [double(1), *flyte.map(functools.partial(double, plus=1), range(n))]


@env.task
async def fan_out(n: int) -> int:
    total = 0
    async for result in flyte.map.aio(double, range(n), group_name="all", concurrency=8):
        total += result
    return total


@env.task
async def catches() -> list[str]:
    try:
        await asyncio.gather(double.aio(1), double.aio(-3), slow())
    except flyte.errors.TaskFailed as error:
        return [error.kind, error.message, *error.causes]
    return []


@env.task
async def times_out() -> str:
    try:
        await asyncio.wait_for(slow(), 0.05)
    except TimeoutError:
        return "timed out"
    return "ended"


@env.task
async def times_out_often() -> list[int]:
    """With two slots, each slow child must be gone before the next one and its short sibling can run."""
    told = []
    for _ in range(3):
        try:
            async with asyncio.timeout(0.05):
                await asyncio.gather(slow(3600.0))
        except TimeoutError:
            told.append(await double.aio(1))
    async with asyncio.timeout(3600):
        told.append(await double.aio(2))
    return told + [await double.aio(3)]


@env.task(timeout=0.2)
async def slow_by_policy() -> None:
    await asyncio.sleep(3600)


@env.task
async def keeps_the_policy() -> str:
    try:
        async with asyncio.timeout(3600):
            await slow_by_policy()
    except flyte.errors.TaskFailed as error:
        return error.message
    return "ended"


@env.task
async def sleeps_at_once() -> float:
    start = asyncio.get_running_loop().time()
    await asyncio.gather(*[asyncio.sleep(0.2) for _ in range(10)])
    return asyncio.get_running_loop().time() - start


@env.task
async def waits_for_nothing() -> None:
    await asyncio.get_running_loop().create_future()


@env.task
def nan() -> dict[str, list[float]]:
    return {"a": [1.0, float("nan")]}


@env.task
def exits() -> None:
    sys.exit(3)


@env.task
def recurs() -> None:
    recurs.forward()


@env.task
def hoards() -> int:
    return len(bytearray(512 << 20))


@env.task
async def hoards_in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(hoarding())


async def hoarding() -> None:
    hoards.forward()


@env.task
def copes() -> str:
    try:
        hoards.forward()
    except MemoryError:
        return "coped"
    return "had it"


@env.task
def raises_memory_error() -> None:
    raise MemoryError("its own")


@env.task
def prints() -> None:
    print("printed")
    logging.warning("warned")
    print("no newline", end="")


@env.task
def draws() -> float:
    return random.random()


@env.task(rights=[rights.env("TOKEN", optional=True), rights.read("/data", optional=True)])
def looks_around() -> dict[str, str]:
    try:
        with open("/data/text") as file:
            text = file.read()
    except OSError as error:
        text = type(error).__name__
    return dict(os.environ) | {"text": text}


@env.task
def imports_late() -> str:
    import csv

    return csv.__name__


@env.task
def imports_what_is_not_there() -> None:
    __import__("sqlite3")


@env.task(retries=flyte.RetryStrategy(3, flyte.Backoff(timedelta(milliseconds=1))), timeout=30, cache="auto")
async def flaky() -> int:
    attempt = flyte.ctx().attempt
    if attempt < 3:
        raise RuntimeError("again")
    return attempt


@env.task(retries=3)
def permanent() -> None:
    raise flyte.errors.NonRecoverableError("for good")


@env.task
async def overrides() -> int:
    return await flaky.override(retries=1)()


@env.task
async def by_name() -> Any:
    return await invoke("behaviours.double", x=4)


@external(environment="elsewhere")
async def nowhere(x: int) -> int: ...


@env.task
async def unknown() -> list[str]:
    try:
        await nowhere(1)
    except flyte.errors.RemoteTaskNotFoundError as error:
        return [error.kind]
    return []


@env.task
async def context() -> list[str]:
    progress("half", 0.5)
    action = flyte.ctx()
    return [action.action.name, action.task, str(action.attempt)]


@warm.task
async def counts() -> int:
    global uses
    uses += 1
    return uses


@env.task
async def counts_twice() -> list[int]:
    return [await counts(), await counts()]


@env.task
async def date_or_text(values: List[Union[date, str]]) -> list[str]:
    return [type(value).__name__ for value in values]


@env.task
async def text_or_date(values: List[Union[str, date]], more: Optional[Union[str, date]] = None) -> list[str]:
    return [type(value).__name__ for value in [*values, more]]


@env.task
async def floats(values: list[float]) -> list[float]:
    return values
