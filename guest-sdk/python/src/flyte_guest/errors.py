"""The exceptions of Flyte that mean something here. `flyte.errors` is this module to authors."""

import json

from .values import Problem


class BaseRuntimeError(RuntimeError):
    """What all of these are. `code` is a short name for a program, `kind` says who is to blame."""

    def __init__(self, code: str, kind: str, root_cause_message: str, worker: str | None = None):
        super().__init__(root_cause_message)
        self.code = code
        self.kind = kind
        self.worker = worker


class RuntimeSystemError(BaseRuntimeError):
    """Neither the task nor its inputs are to blame."""

    def __init__(self, code: str, message: str, worker: str | None = None):
        super().__init__(code, "system", message, worker)


class RuntimeUserError(BaseRuntimeError):
    """The author's code failed, or was used in a way that can't work."""

    def __init__(self, code: str, message: str, worker: str | None = None):
        super().__init__(code, "user", message, worker)


class RuntimeUnknownError(BaseRuntimeError):
    """Nobody knows who is to blame."""

    def __init__(self, code: str, message: str, worker: str | None = None):
        super().__init__(code, "unknown", message, worker)


class CustomError(RuntimeUserError):
    """An error with a code of the author's own."""


class NonRecoverableError(RuntimeUserError):
    """A failure that no further attempt can mend: the task is not retried."""

    def __init__(self, message: str, code: str = "NonRecoverableError"):
        super().__init__(code, message)


class _Coded(RuntimeUserError):
    def __init__(self, message: str):
        super().__init__(type(self).__name__, message)


class OnlyAsyncIOSupportedError(_Coded):
    """Something blocks where only awaiting is possible."""


class SyncTaskCallInAsyncContextError(_Coded):
    """A sync task was called from async code, which would block it: `await task.aio(…)` does not."""


class NotInTaskContextError(_Coded):
    """Something that only a running task can do."""


class ActionAbortedError(_Coded):
    """An action was aborted: its parent ended, or the run was."""


class RemoteTaskNotFoundError(_Coded):
    """No loaded component has a task of that name."""


class RuntimeDataValidationError(_Coded):
    """A value doesn't conform to the schema of its parameter or result."""


class TaskFailed(RuntimeUserError):
    """A child action failed. Uncaught, it is its parent's error too, with the whole chain.

    `kind` is one of `task`, `invalid-input`, `invalid-output`, `unknown-task`, `trap`, `limit`, `denied`, `aborted`,
    `host`; `message` is one line, `causes` are the nearest first, `details` is anything more for a program,
    `recoverable` says whether another attempt may succeed, `task` is the name that was invoked, and `item` the index
    in a fan-out.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        causes: list[str] | None = None,
        details: str | None = None,
        recoverable: bool = False,
        task: str | None = None,
        item: int | None = None,
    ):
        # Not by `super()`: the classes below are of other classes too, whose arguments differ.
        BaseRuntimeError.__init__(self, kind, kind, message)
        self.message = message
        self.causes = causes or []
        self.details_text = details
        self.recoverable = recoverable
        self.task = task
        self.item = item

    @property
    def details(self) -> object:
        """Anything more, parsed; None where there is nothing."""
        return None if self.details_text is None else json.loads(self.details_text)

    def __str__(self) -> str:
        place = "" if self.item is None else f" on item {self.item}"
        return f"task `{self.task}` failed{place}: {self.message}" if self.task else self.message


class TaskAborted(TaskFailed, ActionAbortedError):
    """A child action was aborted."""


class TaskNotFound(TaskFailed, RemoteTaskNotFoundError):
    """A child action names no task."""


class HostFailed(TaskFailed, RuntimeSystemError):
    """A child action failed by a fault of the host."""


_BY_KIND = {"aborted": TaskAborted, "unknown-task": TaskNotFound, "host": HostFailed}


def task_failed(kind: str, message: str, **rest: object) -> TaskFailed:
    """The exception for a child's failure of this kind."""
    return _BY_KIND.get(kind, TaskFailed)(kind, message, **rest)


class Misuse(TypeError):
    """Something that can't work in a component, found when it is built, at the line that is running.

    `help` says more, for whoever has to change it.
    """

    def __init__(self, message: str, help: str | None = None):
        super().__init__(message)
        self.help = help


def unfit_inputs(task: str, problem: Problem) -> TaskFailed:
    """Inputs of a child that can't be sent."""
    return task_failed("invalid-output", f"inputs for `{task}`: {problem}", recoverable=False)


def unfit_result(task: str, problem: Problem) -> TaskFailed:
    """A child's result that is not what the invoker expects."""
    message = f"its result is not what the invoker expects: {problem}"
    return task_failed("invalid-output", message, recoverable=False, task=task)
