"""A fan-out as the host takes it: in chunks, of which several are under way.

That keeps the host at work while it keeps what both sides hold within bounds, and an item costs a fraction of a call.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from .children import Options, in_time
from .errors import TaskFailed
from .host import host

#: The first chunk, which sets the host to work early.
FIRST_ITEMS = 64
CHUNK_ITEMS = 1024
CHUNK_BYTES = 256 << 10
#: The most that is under way, in all chunks.
MOST_ITEMS = 4096
MOST_BYTES = 16 << 20
#: How many chunks share the places of a bounded fan-out.
LANES = 16


async def in_chunks(
    task: str, texts: Iterable[str], options: Options, concurrency: int, fail_fast: bool
) -> AsyncIterator[list[str | TaskFailed]]:
    """The results, a chunk at a time, in the order of the items."""
    texts = iter(texts)
    under_way: deque[tuple[asyncio.Task, int, int]] = deque()
    drawn, items, size = 0, 0, 0
    held: list[str] = []
    most = min(concurrency, MOST_ITEMS) if concurrency > 0 else MOST_ITEMS
    share = -(-most // LANES) if concurrency > 0 else None
    try:
        while True:
            while (share or 1) + items <= (most if share else MOST_ITEMS) and size < MOST_BYTES:
                limit = share or min(max(FIRST_ITEMS, drawn), CHUNK_ITEMS)
                chunk = _drawn(texts, held, limit)
                if not chunk:
                    break
                length = sum(map(len, chunk))
                call = host().invoke_each(task, chunk, in_time(options), None, fail_fast)
                sent = asyncio.ensure_future(call)
                under_way.append((sent, len(chunk), length))
                drawn, items, size = drawn + len(chunk), items + len(chunk), size + length
                # It starts before the next chunk is drawn, which takes its time.
                await asyncio.sleep(0)
            if not under_way:
                return
            sent, count, length = under_way.popleft()
            results = await sent
            items, size = items - count, size - length
            yield results
    finally:
        for sent, _, _ in under_way:
            sent.cancel()


def _drawn(texts: Iterable[str], held: list[str], limit: int) -> list[str]:
    """The inputs of the next chunk; one that is too large for it is held back for the one after."""
    chunk, size = held[:], sum(map(len, held))
    held.clear()
    while len(chunk) < limit:
        text = next(texts, None)
        if text is None:
            break
        if chunk and size + len(text) > CHUNK_BYTES:
            held.append(text)
            break
        chunk.append(text)
        size += len(text)
    return chunk
