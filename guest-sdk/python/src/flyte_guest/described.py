"""A task as the contract describes it."""

from wit_world.imports import types as wit

from .durations import nanoseconds
from .policy import CachePolicy, Policy
from .rights import Right
from .schema import inputs_schema, output_schema
from .task import Task

_CAPABILITIES = {
    "read": wit.Capability_Read,
    "write": wit.Capability_Write,
    "env": wit.Capability_Env,
    "net": wit.Capability_Net,
}


def described(task: Task) -> wit.TaskSpec:
    """What the host is told of a task.

    Raises `TypeError` where a type can't cross.
    """
    return wit.TaskSpec(
        name=task.name,
        environment=task.environment.name,
        doc=task.documentation,
        inputs=inputs_schema(list(task.parameters.values())),
        output=output_schema(task.output),
        policy=_policy(task.policy),
        rights=[_right(right) for right in task.rights],
    )


def _policy(policy: Policy) -> wit.TaskPolicy:
    causes = wit.RetryCauses(0)
    for cause in policy.retry_on:
        causes |= wit.RetryCauses[cause.upper()]
    return wit.TaskPolicy(
        retries=policy.retries,
        backoff=wit.Backoff(policy.backoff_initial, policy.backoff_factor, policy.backoff_cap),
        retry_on=causes,
        max_runtime=policy.max_runtime,
        cache=_cache(policy.cache),
        reuse=_reuse(policy),
    )


def _cache(cache: CachePolicy) -> wit.CachePolicy:
    plain = {"auto": wit.CacheBehavior_Auto, "disable": wit.CacheBehavior_Disable}.get(cache.behavior)
    behavior = plain() if plain else wit.CacheBehavior_Override(cache.version)
    return wit.CachePolicy(behavior, list(cache.ignored_inputs), cache.serialize, cache.max_age)


def _reuse(policy: Policy) -> wit.ReusePolicy | None:
    reuse = policy.reuse
    if reuse is None:
        return None
    idle_ttl = nanoseconds("ReusePolicy.idle_ttl", reuse.idle_ttl)
    return wit.ReusePolicy(reuse.max_uses, idle_ttl, reuse.concurrency, wit.ReuseScope[reuse.scope.upper()])


def _right(right: Right) -> wit.Right:
    return wit.Right(_CAPABILITIES[right.kind](right.argument), right.optional)
