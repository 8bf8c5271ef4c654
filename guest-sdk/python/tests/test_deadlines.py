"""What a timeout leaves for children. The loop of a component tells of timeouts; here the tests do."""

import asyncio
import contextvars

import flyte
from flyte_guest import children, deadlines
from flyte_guest.chunks import in_chunks
from flyte_guest.host import host


async def entered(seconds):
    timeout = asyncio.timeout(seconds)
    await timeout.__aenter__()
    deadlines.entered(timeout)
    return timeout


async def left():
    return deadlines.left()


async def ended(timeout):
    await timeout.__aexit__(None, None, None)


def test_children_have_what_the_first_timeout_leaves_them():
    async def bounds():
        hour = await entered(3600)
        minute = await entered(60)
        shorter = deadlines.left()
        inherited = await asyncio.create_task(left())
        await ended(minute)
        outer = deadlines.left()
        await ended(hour)
        return shorter, inherited, outer, deadlines.left()

    shorter, inherited, outer, none = asyncio.run(bounds())
    assert 0 < inherited <= shorter <= 61e9 < outer <= 3601e9
    assert none is None


def test_a_timeout_leaves_the_policy_as_it_is():
    env = flyte.TaskEnvironment("e")

    @env.task(timeout=5)
    async def child() -> None: ...

    async def options():
        timeout = await entered(3600)
        options = children.in_time(children.options_of(child.override(timeout=7)))
        await ended(timeout)
        return options

    own = children.in_time(children.options_of(child))
    assert (own.max_runtime, own.within) == (None, None)
    within = asyncio.run(options())
    assert within.max_runtime == 7_000_000_000
    assert 3599e9 < within.within < 3601e9


def test_a_timeout_that_is_over_bounds_nothing():
    async def after():
        try:
            async with asyncio.timeout(0.001) as timeout:
                deadlines.entered(timeout)
                await asyncio.sleep(60)
        except TimeoutError:
            return deadlines.left()

    assert asyncio.run(after()) is None


def test_a_timeout_that_is_rescheduled_bounds_by_its_new_end_and_its_own_task_only():
    async def bounds():
        timeout = await entered(60)

        async def reschedules():
            timeout.reschedule(asyncio.get_running_loop().time() + 3600)
            deadlines.entered(timeout)

            return deadlines._timeouts.get()

        # In a context that knows nothing of it.
        elsewhere = await asyncio.create_task(reschedules(), context=contextvars.Context())
        inside = deadlines.left()
        timeout.reschedule(None)
        unbounded = deadlines.left()
        await ended(timeout)
        return inside, elsewhere, unbounded

    inside, elsewhere, unbounded = asyncio.run(bounds())
    assert 3599e9 < inside < 3601e9
    assert elsewhere == ()
    assert unbounded is None


def test_each_chunk_of_a_map_has_what_is_left_when_it_is_sent(monkeypatch):
    given = []

    async def invoke_each(task, inputs, options, concurrency, fail_fast):
        given.append(options.within)
        await asyncio.sleep(0.01)
        return inputs

    monkeypatch.setattr(host(), "invoke_each", invoke_each)

    async def mapped():
        timeout = await entered(3600)
        async for _ in in_chunks("t", ["{}"] * 4, children.Options(), 1, True):
            pass
        await ended(timeout)

    asyncio.run(mapped())
    assert len(given) == 4
    assert given == sorted(given, reverse=True) and given[0] - given[3] >= 30_000_000
