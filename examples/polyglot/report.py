"""One run over three languages: Python asks a Rust task to parse, and hands what it finds to a JavaScript task."""

import asyncio
from dataclasses import dataclass

import flyte
from flyte_guest import external

env = flyte.TaskEnvironment(name="report")


@dataclass
class Reading:
    station: str
    fahrenheit: float


@dataclass
class Row:
    station: str
    celsius: float


# In Rust: `examples/pipeline/rust/readings`.
@external(environment="readings")
async def parse(text: str) -> list[Reading]: ...


@external(environment="readings")
async def celsius(reading: Reading) -> float: ...


# In JavaScript: `render.js`.
@external(environment="pages")
async def table(title: str, rows: list[Row]) -> str: ...


@env.task
async def warmest_first(text: str, title: str = "Readings") -> str:
    """A table of the stations, the warmest first."""
    readings = await parse(text=text)
    degrees = await asyncio.gather(*(celsius(reading=reading) for reading in readings))
    rows = [Row(reading.station, round(degree, 1)) for reading, degree in zip(readings, degrees)]
    rows.sort(key=lambda row: row.celsius, reverse=True)
    return await table(title=title, rows=rows)
