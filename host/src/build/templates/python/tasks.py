"""Tasks that count words: one document, many at once, and which is the longest."""

import asyncio
from dataclasses import dataclass

import flyte

env = flyte.TaskEnvironment(name="{{name}}")


@dataclass
class Document:
    title: str
    text: str
    # Words that are shorter do not count.
    shortest: int = 1


@dataclass
class Count:
    title: str
    words: int


@env.task(retries=2)
async def count_words(document: Document) -> Count:
    """Counts the words of a document."""
    words = [word for word in document.text.split() if len(word) >= document.shortest]
    return Count(title=document.title, words=len(words))


@env.task
async def longest(counts: list[Count]) -> Count:
    """The count with the most words."""
    if not counts:
        raise ValueError("there are no documents")
    return max(counts, key=lambda count: count.words)


@env.task
async def survey(documents: list[Document]) -> str:
    """Counts all documents at once, and says which is the longest."""
    # A child for each document, each in a sandbox of its own.
    counts = await asyncio.gather(*(count_words(document) for document in documents))
    # A child too.
    count = await longest(list(counts))
    return f"{count.title} is the longest, with {count.words} words"
