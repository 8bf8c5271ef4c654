"""Flyte 2's surface, as far as it has a meaning within a component. What is missing says so when it is used."""

import logging

from flyte_guest.action import ActionID, TaskContext, ctx
from flyte_guest.body import group
from flyte_guest.environment import TaskEnvironment
from flyte_guest.errors import Misuse
from flyte_guest.mapping import flyte_map as map
from flyte_guest.policy import Backoff, Cache, ReusePolicy, RetryStrategy, Timeout
from flyte_guest.secrets import Secret
from flyte_guest.task import Documentation
from flyte_guest.task import Task as TaskTemplate

from . import errors
from ._where import GPU, Image, Resources

logger = logging.getLogger("flyte.user")


def trace(function):
    """Marks a step of a task. A run's tree has actions only, so the function stays what it is."""
    return function


def _only_outside(name: str):
    def refused(*args, **kwargs):
        raise Misuse(
            f"`flyte.{name}` has no meaning in a component: `flyte-host run` starts its tasks",
            'put it under `if __name__ == "__main__":`; within a task, call the other task',
        )

    refused.__name__ = name
    return refused


run = _only_outside("run")
init = _only_outside("init")
init_from_config = _only_outside("init_from_config")
init_from_api_key = _only_outside("init_from_api_key")
init_in_cluster = _only_outside("init_in_cluster")
init_passthrough = _only_outside("init_passthrough")
with_runcontext = _only_outside("with_runcontext")
deploy = _only_outside("deploy")
build = _only_outside("build")
build_images = _only_outside("build_images")
serve = _only_outside("serve")
rerun = _only_outside("rerun")


def __getattr__(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    raise Misuse(f"`flyte.{name}` is not supported in a component")


__all__ = [
    "GPU",
    "ActionID",
    "Backoff",
    "Cache",
    "Documentation",
    "Image",
    "Resources",
    "RetryStrategy",
    "ReusePolicy",
    "Secret",
    "TaskContext",
    "TaskEnvironment",
    "TaskTemplate",
    "Timeout",
    "ctx",
    "errors",
    "group",
    "logger",
    "map",
    "trace",
]
