"""Whether a task's body is running, and of which kind: calls of tasks depend on it."""

import enum
from contextlib import contextmanager
from contextvars import ContextVar


class Body(enum.Enum):
    """What is running."""

    #: No task: the component is being built, or this is a plain program.
    NONE = 0
    ASYNC = 1
    #: A sync task, which may block.
    SYNC = 2


_body: ContextVar[Body] = ContextVar("flyte_body", default=Body.NONE)
_group: ContextVar[str | None] = ContextVar("flyte_group", default=None)


def body() -> Body:
    """What is running here."""
    return _body.get()


class running:
    """Says that a body of this kind is running, in a `with`. Each call passes here, and a generator would cost it more."""

    __slots__ = ("kind", "token")

    def __init__(self, kind: Body):
        self.kind = kind

    def __enter__(self) -> None:
        self.token = _body.set(self.kind)

    def __exit__(self, *_: object) -> None:
        _body.reset(self.token)


@contextmanager
def group(name: str):
    """Labels the children that are invoked within: siblings of one fan-out, or of one loop."""
    token = _group.set(name)
    try:
        yield
    finally:
        _group.reset(token)


def current_group() -> str | None:
    """The label of children that are invoked here."""
    return _group.get()
