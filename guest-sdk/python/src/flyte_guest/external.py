"""Tasks of other components."""

import inspect
from collections.abc import Callable
from functools import partial

from .body import current_group
from .children import Options
from .errors import Misuse, unfit_inputs
from .host import host
from .policy import Policy
from .task import Task, require_task
from .values import Problem, codec_of
from .values.jsontext import parsed, quoted
from .values.scalars import AnyCodec


class ExternalTask(Task):
    """A task that another component has: it can be invoked, not run."""

    def __init__(self, function: Callable, environment_name: str | None):
        super().__init__(function, None, Policy(), (), None)
        self.environment_name = environment_name

    def __repr__(self) -> str:
        return f"<external task {self.invoked_name}>"

    @property
    def invoked_name(self) -> str:
        return f"{self.environment_name}.{self.name}" if self.environment_name else self.name

    def __call__(self, *args, **kwargs):
        require_task(f"the task `{self.invoked_name}` of another component")
        return super().__call__(*args, **kwargs)

    def aio(self, *args, **kwargs):
        require_task(f"the task `{self.invoked_name}` of another component")
        return super().aio(*args, **kwargs)

    def forward(self, *args, **kwargs):
        raise Misuse(f"`{self.invoked_name}` is a task of another component: it can be invoked, not called")


def external(function: Callable | None = None, /, *, environment: str | None = None):
    """Declares a task of another component by its signature, so that calls are checked.

        @external(environment="stats")
        async def mean(values: list[float]) -> float: ...
    """
    if function is None:
        return partial(external, environment=environment)
    if not inspect.isfunction(function):
        raise Misuse("`@external` stands on a function that declares the task: its body is `...`")
    return ExternalTask(function, environment)


async def invoke(task: str, /, **inputs: object) -> object:
    """Invokes the task `task` of any loaded component as a child action; the result is what JSON has.

    `task` is a task's name or `environment.name`. `@external` checks the types.
    """
    require_task("`invoke`")
    name = ""
    try:
        parts = []
        for name, value in inputs.items():
            codec = codec_of(type(value)) if not isinstance(value, (dict, list, tuple)) else AnyCodec()
            parts.append(f"{quoted(name)}:{codec.text(value)}")
    except Problem as problem:
        raise unfit_inputs(task, problem.within(name)) from None
    return parsed(await host().invoke(task, f"{{{','.join(parts)}}}", Options(group=current_group())))
