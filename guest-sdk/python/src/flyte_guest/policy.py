"""How the host is to run a task: Flyte's options, and what becomes of them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from .durations import nanoseconds
from .errors import Misuse

MOST_U32 = 2**32 - 1
#: Stands between a version and its salt, and in neither.
_BETWEEN = "\t"
_CACHE_ALIASES = {
    **dict.fromkeys(("enable", "enabled", "on", "true", "yes"), "auto"),
    **dict.fromkeys(("off", "false", "no", "none"), "disable"),
}


@dataclass(frozen=True)
class Backoff:
    """The pause before each further attempt: `base * factor**n`, at most `cap`."""

    base: timedelta | int | float
    factor: float = 1.0
    cap: timedelta | int | float | None = None

    def __post_init__(self):
        base = nanoseconds("Backoff.base", self.base)
        numeric = isinstance(self.factor, (int, float)) and not isinstance(self.factor, bool)
        if not numeric or not 1 <= self.factor < float("inf"):
            raise Misuse(f"`Backoff.factor` is a number of at least 1, not {self.factor!r}")
        if self.cap is None and self.factor > 1:
            raise Misuse("`Backoff.cap` is needed where the factor is above 1")
        if self.cap is not None and nanoseconds("Backoff.cap", self.cap) < base:
            raise Misuse("`Backoff.cap` is not shorter than `base`")


@dataclass(frozen=True)
class RetryStrategy:
    """How many further attempts follow a failed one.

    `retry_on` adds `"trap"` and `"limit"` to the task's own errors.
    """

    count: int
    backoff: Backoff | None = None
    retry_on: tuple[Literal["trap", "limit"], ...] = ()

    def __post_init__(self):
        count("RetryStrategy.count", self.count, 0)
        if self.backoff is not None and not isinstance(self.backoff, Backoff):
            raise Misuse(f"`RetryStrategy.backoff` is a flyte.Backoff, not {self.backoff!r}")
        for cause in self.retry_on:
            if cause not in ("trap", "limit"):
                raise Misuse(f'`RetryStrategy.retry_on` has "trap" and "limit", not {cause!r}')


@dataclass(frozen=True)
class Timeout:
    """How long an attempt may run. A host has no queues, and one deadline for the whole run (`--deadline`)."""

    max_runtime: timedelta | int | None = None
    max_queued_time: timedelta | int | None = None
    deadline: timedelta | int | None = None

    def __post_init__(self):
        if self.max_queued_time:
            raise Misuse("`Timeout.max_queued_time` has no meaning here: actions don't wait in a queue for machines")
        if self.deadline:
            raise Misuse("`Timeout.deadline` can't be set for a task", "`flyte-host run --deadline` sets it for a run")


@dataclass(frozen=True)
class Cache:
    """When a result may be answered from an earlier one.

    With `"auto"` all loaded components have to be what they were, with `"override"` the version.
    `ignored_inputs` are parameters that don't matter; `serialize` has one action compute a result while others wait for
    it; `max_age` (seconds, or a timedelta) is how old a result may be.
    """

    behavior: str
    version_override: str | None = None
    serialize: bool = False
    ignored_inputs: tuple[str, ...] | str = ()
    salt: str = ""
    policies: object = None
    max_age: timedelta | int | None = None

    def __post_init__(self):
        if _BETWEEN in f"{self.version_override or ''}{self.salt}":
            raise Misuse("`Cache.version_override` and `Cache.salt` have no tabs")
        if self.policies:
            raise Misuse("`Cache.policies` is not supported in a component")
        if not isinstance(self.serialize, bool):
            raise Misuse(f"`Cache.serialize` is True or False, not {self.serialize!r}")
        if self.max_age is not None and nanoseconds("Cache.max_age", self.max_age) == 0:
            raise Misuse("`Cache.max_age` is longer than nothing")
        ignored = self.ignored_inputs
        named = isinstance(ignored, (str, tuple, list)) and all(isinstance(name, str) for name in ignored)
        if not named:
            raise Misuse(f"`Cache.ignored_inputs` has names of parameters, not {ignored!r}")


@dataclass(frozen=True)
class ReusePolicy:
    """Whether an instance runs further actions after its first.

    `replicas` and `scaledown_ttl` say how many there are, which is the host's to decide. Where `scope` is left out it
    is `"run"`, narrower than Flyte's: nothing crosses from one run to another.
    """

    replicas: int | tuple[int, int] = 2
    idle_ttl: int | timedelta = 30
    concurrency: int = 1
    scaledown_ttl: int | timedelta = 30
    scope: Literal["run", "global"] = "run"
    max_uses: int = 1000

    def __post_init__(self):
        if self.scope not in ("run", "global"):
            raise Misuse(f'`ReusePolicy.scope` is "run" or "global", not {self.scope!r}')
        count("ReusePolicy.concurrency", self.concurrency, 1)
        count("ReusePolicy.max_uses", self.max_uses, 1)
        if nanoseconds("ReusePolicy.idle_ttl", self.idle_ttl) == 0:
            raise Misuse("`ReusePolicy.idle_ttl` is longer than nothing")


@dataclass(frozen=True)
class CachePolicy:
    """The contract's `cache-policy`; `max_age` in nanoseconds."""

    #: `disable`, `auto` or `override`.
    behavior: str = "disable"
    version: str = ""
    ignored_inputs: tuple[str, ...] = ()
    serialize: bool = False
    max_age: int | None = None


@dataclass(frozen=True)
class Policy:
    """The contract's `task-policy`; spans of time in nanoseconds."""

    retries: int = 0
    backoff_initial: int = 0
    backoff_factor: float = 2.0
    backoff_cap: int | None = None
    retry_on: tuple[str, ...] = ()
    max_runtime: int | None = None
    cache: CachePolicy = CachePolicy()
    reuse: ReusePolicy | None = field(default=None)


def count(what: str, value: object, least: int) -> int:
    """A count that is an option."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_U32:
        raise Misuse(f"`{what}` is a number from {least} to {MOST_U32}, not {value!r}")
    return value


def retry_options(retries: object) -> dict:
    """What `retries=…` means for the policy."""
    if not isinstance(retries, RetryStrategy):
        return {"retries": count("retries", retries, 0)}
    options = {"retries": retries.count, "retry_on": tuple(retries.retry_on)}
    if (backoff := retries.backoff) is not None:
        options["backoff_initial"] = nanoseconds("Backoff.base", backoff.base)
        options["backoff_factor"] = float(backoff.factor)
        options["backoff_cap"] = None if backoff.cap is None else nanoseconds("Backoff.cap", backoff.cap)
    return options


def max_runtime(timeout: object) -> int | None:
    """The nanoseconds of `timeout=…`; None for no limit."""
    limit = timeout.max_runtime if isinstance(timeout, Timeout) else timeout
    return (nanoseconds("timeout", limit) or None) if limit is not None else None


def cache_of(request: object) -> CachePolicy:
    """What `cache=…` means."""
    cache = request if isinstance(request, Cache) else Cache(request) if isinstance(request, str) else None
    behavior = cache and _CACHE_ALIASES.get(str(cache.behavior).lower(), cache.behavior)
    if behavior not in ("auto", "disable", "override"):
        raise Misuse(f'`cache` is "auto", "disable" or a flyte.Cache, not {request!r}')
    if behavior == "override" and not cache.version_override:
        raise Misuse('the cache behaviour "override" needs a version', 'write `flyte.Cache("override", "v1")`')
    if behavior != "override" and cache.version_override:
        help = 'write `flyte.Cache("override", "v1")`, or leave the version out'
        raise Misuse(f'`Cache.version_override` has no effect with the behaviour "{behavior}"', help)
    if behavior == "auto" and cache.salt:
        help = 'write `flyte.Cache("override", "v1", salt="…")`'
        raise Misuse("`Cache.salt` is supported with a version only", help)
    ignored = cache.ignored_inputs
    return CachePolicy(
        behavior=behavior,
        version=_BETWEEN.join(filter(None, (cache.version_override, cache.salt))) if behavior == "override" else "",
        ignored_inputs=(ignored,) if isinstance(ignored, str) and ignored else tuple(ignored),
        serialize=cache.serialize,
        max_age=None if cache.max_age is None else nanoseconds("Cache.max_age", cache.max_age),
    )


def reuse_of(reusable: object) -> ReusePolicy | None:
    """What `reusable=…` means."""
    if reusable is None or reusable is False or reusable == "off":
        return None
    if not isinstance(reusable, ReusePolicy):
        raise Misuse(f"`reusable` is a flyte.ReusePolicy, not {reusable!r}")
    return reusable
