"""A fan-out in chunks."""

import asyncio

import pytest
from flyte_guest.children import Options
from flyte_guest.chunks import CHUNK_BYTES, CHUNK_ITEMS, FIRST_ITEMS, in_chunks
from flyte_guest.host import host


@pytest.mark.parametrize("concurrency", [0, 1, 7, 100])
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 5000])
def test_all_results_come_in_order(monkeypatch, count, concurrency):
    running = most = 0

    async def invoke_each(task, inputs, options, at_once, fail_fast):
        nonlocal running, most
        running += len(inputs)
        most = max(most, running)
        await asyncio.sleep(0)
        running -= len(inputs)
        return inputs

    monkeypatch.setattr(host(), "invoke_each", invoke_each)

    async def collected():
        chunks = in_chunks("t", map(str, range(count)), Options(), concurrency, True)
        return [text async for chunk in chunks for text in chunk]

    assert asyncio.run(collected()) == [str(i) for i in range(count)]
    if concurrency:
        assert most <= concurrency


def test_chunks_are_bounded_in_items_and_bytes(monkeypatch):
    sent = []

    async def invoke_each(task, inputs, options, at_once, fail_fast):
        sent.append(inputs)
        return inputs

    monkeypatch.setattr(host(), "invoke_each", invoke_each)

    async def drain(texts):
        sent.clear()
        return [text async for chunk in in_chunks("t", texts, Options(), 0, True) for text in chunk]

    assert len(asyncio.run(drain("1" for _ in range(10_000)))) == 10_000
    assert len(sent[0]) == FIRST_ITEMS and max(map(len, sent)) == CHUNK_ITEMS
    large = ["x" * CHUNK_BYTES * 2, *("y" * 1000 for _ in range(1000))]
    assert asyncio.run(drain(large)) == large
    assert all(len(chunk) == 1 or sum(map(len, chunk)) <= CHUNK_BYTES for chunk in sent)
