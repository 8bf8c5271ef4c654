"""What a timeout leaves for children. The loop of a component tells of timeouts; here the tests do."""

import asyncio

import flyte
from flyte_guest import children, deadlines


def test_children_have_what_the_first_timeout_leaves_them():
    env = flyte.TaskEnvironment("e")

    @env.task(timeout=5)
    async def child() -> None: ...

    async def entered(seconds):
        timeout = asyncio.timeout(seconds)
        await timeout.__aenter__()
        timer = asyncio.get_running_loop().call_later(seconds, lambda: None)
        deadlines.entered(timeout, timer)
        return timer

    async def bounds():
        first = children.options_of(child.override(timeout=5)).max_runtime
        hour = await entered(3600)
        longer = children.options_of(child.override(timeout=5)).max_runtime
        minute = await entered(60)
        shorter = deadlines.left()
        inherited = await asyncio.create_task(left())
        minute.cancel()
        outer = deadlines.left()
        hour.cancel()
        return first, longer, shorter, inherited, outer, deadlines.left()

    async def left():
        return deadlines.left()

    first, longer, shorter, inherited, outer, none = asyncio.run(bounds())
    assert first == longer == 5_000_000_000
    assert 0 < inherited <= shorter <= 61e9 < outer <= 3601e9
    assert none is None


def test_a_timeout_that_is_over_bounds_nothing():
    async def after():
        try:
            async with asyncio.timeout(0.001) as timeout:
                deadlines.entered(timeout, asyncio.get_running_loop().call_later(0.001, lambda: None))
                await asyncio.sleep(60)
        except TimeoutError:
            return deadlines.left()

    assert asyncio.run(after()) is None
