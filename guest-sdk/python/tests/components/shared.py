"""Tasks whose actions run in one instance at once, and wait for one another. None of them may block."""

import asyncio

import flyte

env = flyte.TaskEnvironment(name="shared", reusable=flyte.ReusePolicy(concurrency=32, idle_ttl=60))
alone = flyte.TaskEnvironment(name="alone")
arrived = 0
all_there: dict[int, asyncio.Event] = {}
queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
lock = asyncio.Lock()
answers: dict[int, asyncio.Future] = {}


@env.task
async def opens() -> None:
    """Makes the instance that the others come into."""


@env.task
async def meets(n: int) -> int:
    """Comes back when `n` actions are there."""
    global arrived
    arrived += 1
    event = all_there.setdefault(n, asyncio.Event())
    if arrived == n:
        event.set()
    await event.wait()
    return arrived


@env.task
async def puts(n: int) -> None:
    for number in range(n):
        await queue.put(number)


@env.task
async def gets(n: int) -> int:
    return sum([await queue.get() for _ in range(n)])


@env.task
async def asks(n: int) -> int:
    """While it waits for another action, it waits for the host too."""
    answers[n] = asyncio.get_running_loop().create_future()
    sleep = asyncio.ensure_future(asyncio.sleep(3600))
    async with lock:
        answer = await answers[n]
    sleep.cancel()
    return answer


@env.task
async def answers_all(n: int) -> None:
    while len(answers) < n:
        await asyncio.sleep(0.001)
    for number, answer in answers.items():
        answer.set_result(2 * number)


@alone.task
async def meet(n: int) -> list[int]:
    await opens()
    return await asyncio.gather(*[meets(n) for _ in range(n)])


@alone.task
async def pass_on(n: int) -> int:
    await opens()
    got, *_ = await asyncio.gather(gets(n), puts(n))
    return got


@alone.task
async def ask(n: int) -> list[int]:
    await opens()
    *got, _ = await asyncio.gather(*[asks(number) for number in range(n)], answers_all(n))
    return got


@env.task
async def waits_for_nobody() -> None:
    await asyncio.Event().wait()


@alone.task
async def gives_up() -> str:
    try:
        await waits_for_nobody.override(timeout=1)()
    except flyte.errors.TaskFailed as error:
        return error.kind
    return "ended"
