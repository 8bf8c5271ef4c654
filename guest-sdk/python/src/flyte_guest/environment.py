"""Task environments: what several tasks share, and the decorator that makes tasks."""

import inspect
from collections.abc import Callable
from dataclasses import replace

from . import options, policy
from .errors import Misuse
from .registry import REGISTRY
from .rights import Right, checked
from .secrets import rights_of_secrets
from .task import Documentation, Task

_ENVIRONMENT = ("name", "cache", "reusable", "env_vars", "secrets", "rights")
_TASK = ("cache", "retries", "timeout", "docs", "reusable", "secrets", "rights", "short_name")


class TaskEnvironment:
    """What several tasks share. `@env.task` makes a function a task of it.

    `rights` are those of every task, beside its own.
    """

    def __init__(
        self,
        name: str,
        *,
        cache: "str | policy.Cache" = "disable",
        reusable: policy.ReusePolicy | None = None,
        env_vars: dict[str, str] | None = None,
        secrets: object = None,
        rights: "list[Right] | tuple[Right, ...]" = (),
        **rest: object,
    ):
        options.check_rest("TaskEnvironment", rest, _ENVIRONMENT)
        self.name = options.environment_name(name)
        self._own_rights = checked(rights)
        self._secrets = rights_of_secrets(secrets)
        self.env_vars = options.env_vars_of(env_vars)
        self.policy = policy.Policy(cache=policy.cache_of(cache), reuse=policy.reuse_of(reusable))

    @property
    def rights(self) -> tuple[Right, ...]:
        """Those of its own, and those to its secrets."""
        return self._own_rights + self._secrets

    def __repr__(self) -> str:
        return f"TaskEnvironment(name={self.name!r})"

    def clone_with(self, name: str, **changes: object) -> "TaskEnvironment":
        """An environment that differs from this one in what is given."""
        clone = TaskEnvironment(name, **changes)
        kept = {}
        if "cache" not in changes:
            kept["cache"] = self.policy.cache
        if "reusable" not in changes:
            kept["reuse"] = self.policy.reuse
        clone.policy = replace(clone.policy, **kept)
        if "env_vars" not in changes:
            clone.env_vars = self.env_vars
        # Secrets are rights too, and each of the two stays unless it is given.
        if "rights" not in changes:
            clone._own_rights = self._own_rights
        if "secrets" not in changes:
            clone._secrets = self._secrets
        return clone

    def task(self, function: Callable | None = None, /, **settings: object):
        """Makes a function a task: `@env.task`, or `@env.task(retries=3)`.

        `retries`, `timeout` (seconds, a timedelta, or a flyte.Timeout), `cache`, `reusable`, `docs`, `secrets`,
        `rights`.
        """
        if function is not None and not callable(function):
            raise Misuse("`@env.task` takes its options by name, such as `@env.task(retries=3)`")
        if function is not None and not settings:
            return self._made(function, self.policy, (), None)
        own = {name: settings.pop(name) for name in _TASK if name in settings}
        options.check_rest("task", settings, _TASK)
        changes = policy.retry_options(own.get("retries", 0))
        changes["max_runtime"] = policy.max_runtime(own.get("timeout"))
        if own.get("cache") is not None:
            changes["cache"] = policy.cache_of(own["cache"])
        if own.get("reusable") is not None:
            changes["reuse"] = policy.reuse_of(own["reusable"])
        rights = checked(own.get("rights", ())) + rights_of_secrets(own.get("secrets"))
        docs = own.get("docs")
        if docs is not None and not isinstance(docs, Documentation):
            raise Misuse(f"`docs` is a flyte.Documentation, not {docs!r}")
        made = lambda function: self._made(function, replace(self.policy, **changes), rights, docs)
        return made if function is None else made(function)

    def _made(self, function, task_policy, rights, docs) -> Task:
        if isinstance(function, Task):
            raise Misuse(f"`{function.name}` is a task already")
        if not inspect.isfunction(function):
            raise Misuse("`@env.task` stands on a function")
        if "<lambda>" in function.__qualname__:
            raise Misuse("a lambda can't be a task: it has no name and no types; write a function")
        if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
            raise Misuse(f"the task `{function.__name__}` yields: a task returns its result, such as a list")
        concurrent = task_policy.reuse is not None and task_policy.reuse.concurrency > 1
        if concurrent and not inspect.iscoroutinefunction(function):
            raise Misuse(f"`{function.__name__}` is a sync task: only async tasks run with a concurrency above 1")
        task = Task(function, self, task_policy, rights + self.rights, docs)
        REGISTRY.add(task)
        return task
