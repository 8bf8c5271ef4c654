"""Running a task: from the text of its inputs to the text of its result."""

from .body import Body, running
from .errors import task_failed
from .registry import REGISTRY
from .task import Task
from .values import Problem
from .values.jsontext import check_depth, parsed


def find(name: str) -> Task:
    """The task of this name."""
    task = REGISTRY.tasks.get(name)
    if task is None:
        names = ", ".join(REGISTRY.tasks)
        raise task_failed("unknown-task", f"the component has no task `{name}`; it has {names}")
    return task


async def run(task: Task, inputs: str) -> str:
    """Runs a task.

    Raises `TaskFailed` of the kinds `invalid-input` and `invalid-output`, and whatever the task raises.
    """
    arguments = decoded(task, inputs)
    if task.is_async:
        with running(Body.ASYNC):
            result = await task.function(**arguments)
    else:
        with running(Body.SYNC):
            result = task.function(**arguments)
    return encoded(task, result)


def decoded(task: Task, inputs: str) -> dict:
    """The arguments of a call."""
    parameters = task.parameters
    arguments = {}
    name = ""
    try:
        for name, value in parsed(inputs).items():
            if name not in parameters:
                raise Problem("unknown field")
            arguments[name] = parameters[name].codec.decode(value)
    except Problem as problem:
        raise task_failed("invalid-input", str(problem.within(name))) from problem.__cause__
    return arguments


def encoded(task: Task, result: object) -> str:
    """The text of a result."""
    if task.returns_nothing and result is not None:
        raise task_failed(
            "invalid-output",
            f"the task returned a value of type `{type(result).__qualname__}` and declares none: "
            f"write `-> …` after the parameters of `{task.name}`",
        )
    try:
        text = task.output.text(result)
        check_depth(text)
    except Problem as problem:
        raise task_failed("invalid-output", str(problem)) from None
    except RecursionError:
        raise task_failed("invalid-output", "nests deeper than 127 levels") from None
    return text
