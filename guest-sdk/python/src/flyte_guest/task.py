"""A function as a task."""

import copy
import inspect
import typing
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from . import children, docstrings, options, policy
from .body import Body, body
from .errors import Misuse, NotInTaskContextError, SyncTaskCallInAsyncContextError, unfit_inputs, unfit_result
from .values import Codec, Problem, codec_of
from .values.fields import described
from .values.jsontext import check_depth, parsed, quoted
from .values.records import Missing

if TYPE_CHECKING:
    from .environment import TaskEnvironment
    from .rights import Right

_OVERRIDES = ("retries", "timeout", "short_name")


@dataclass(frozen=True)
class Documentation:
    """A task's documentation, in place of its docstring."""

    description: str


class Parameter(NamedTuple):
    """A parameter of a task."""

    name: str
    codec: Codec
    #: `Missing` where there is none.
    default: object
    description: str


class Task:
    """A task. Calling it within a task invokes it as a child action; elsewhere it is the plain function."""

    def __init__(
        self,
        function: Callable,
        environment: "TaskEnvironment",
        task_policy: policy.Policy,
        rights: "tuple[Right, ...]",
        docs: Documentation | None,
    ):
        self.function = self.func = function
        self.environment = environment
        self.policy = task_policy
        self.rights = tuple(dict.fromkeys(rights))
        self.name = function.__name__
        self.is_async = inspect.iscoroutinefunction(function)
        self.options = children.Options()
        self.signature = inspect.signature(function)
        self._docs = docs
        self._parameters: dict[str, Parameter] | None = None
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__wrapped__ = function

    def __repr__(self) -> str:
        return f"<task {self.environment.name}.{self.name}>"

    @property
    def documentation(self) -> str:
        """What is told of the task, as Markdown."""
        return self._docs.description if self._docs else docstrings.text_of(self.function)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Its parameters. Types may be defined below the task, so they are looked at when all is defined."""
        if self._parameters is None:
            self._prepare()
        return self._parameters

    def _prepare(self) -> None:
        hints = typing.get_type_hints(self.function, include_extras=True)
        descriptions = docstrings.parameters_of(self.function)
        parameters = {}
        for parameter in self.signature.parameters.values():
            name = parameter.name
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise Misuse(f"a task has named parameters only: `{parameter}` can't be one; use a list or a dict")
            if name not in hints:
                raise Misuse(f"the parameter `{name}` has no type: write one, such as `{name}: int`")
            codec = self._codec(hints[name], f"the parameter `{name}`")
            default = Missing if parameter.default is parameter.empty else parameter.default
            description = described(hints[name]) or descriptions.get(name, "")
            parameters[name] = Parameter(name, codec, default, description)
        self.returns_nothing = "return" not in hints
        self.output = self._codec(hints.get("return"), "the result")
        self._parameters = parameters

    def _codec(self, hint: object, place: str) -> Codec:
        try:
            return codec_of(hint)
        except TypeError as error:
            if getattr(error, "owner", None) is None:
                error.args = (f"{place}: {error}",)
            raise

    # Called by authors.

    def __call__(self, *args: object, **kwargs: object):
        """Within a task, a child action: to be awaited where the task is async. Elsewhere the plain function."""
        running = body()
        if running is Body.NONE:
            return self.function(*args, **kwargs)
        if self.is_async:
            return self._invoke(self.inputs_text(args, kwargs))
        if running is Body.ASYNC:
            raise SyncTaskCallInAsyncContextError(
                f"the sync task `{self.name}` was called from async code, which would block it: "
                f"write `await {self.name}.aio(…)`"
            )
        return self.result(children.invoke_blocking(self, self.inputs_text(args, kwargs)))

    def aio(self, *args: object, **kwargs: object) -> Coroutine:
        """A child action, to be awaited; for sync tasks too."""
        if body() is Body.NONE:
            return self._plainly(args, kwargs)
        return self._invoke(self.inputs_text(args, kwargs))

    def forward(self, *args: object, **kwargs: object):
        """The plain function, also within a task: no sandbox, no retry, no record of it."""
        return self.function(*args, **kwargs)

    def override(self, **changes: object) -> "Task":
        """The same task, with `retries` or `timeout` in place of its own for the actions that are invoked with it."""
        known = {name: changes.pop(name) for name in _OVERRIDES if name in changes}
        for name in ("cache", "reusable", "env_vars", "secrets", "rights", "name", "docs"):
            if name in changes:
                raise Misuse(f"`override` can't change `{name}`: a component's task has it from its definition")
        options.check_rest("override", changes, _OVERRIDES)
        task = copy.copy(self)
        if known.get("retries") is not None:
            strategy = policy.retry_options(known["retries"])
            if strategy.keys() != {"retries"}:
                raise Misuse("`override` takes a number of retries; a RetryStrategy belongs to the task's definition")
            task.options = replace(task.options, retries=strategy["retries"])
        if known.get("timeout") is not None:
            task.options = replace(task.options, max_runtime=policy.max_runtime(known["timeout"]))
        return task

    # Of children.

    async def _plainly(self, args: tuple, kwargs: dict):
        result = self.function(*args, **kwargs)
        return await result if self.is_async else result

    async def _invoke(self, inputs: str):
        return self.result(await children.invoke(self, inputs))

    @property
    def invoked_name(self) -> str:
        """The name in the host's catalog."""
        return self.name

    def inputs_text(self, args: tuple, kwargs: dict) -> str:
        """The inputs of a child: the arguments, as JSON."""
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.name}() {error}") from None
        return self.bound_text(bound.arguments)

    def bound_text(self, arguments: dict) -> str:
        """The inputs of a child, by the names of the parameters."""
        name = ""
        try:
            parts = []
            for name, value in arguments.items():
                parts.append(f"{quoted(name)}:{self.parameters[name].codec.text(value)}")
            text = f"{{{','.join(parts)}}}"
            check_depth(text)
        except Problem as problem:
            raise unfit_inputs(self.invoked_name, problem.within(name)) from None
        return text

    def result(self, text: str) -> object:
        """A child's result."""
        self.parameters
        try:
            return self.output.decode(parsed(text))
        except Problem as problem:
            raise unfit_result(self.invoked_name, problem) from None


def require_task(what: str) -> None:
    """Refuses what only a running task can do."""
    if body() is Body.NONE:
        raise NotInTaskContextError(f"{what} works within a task only")
