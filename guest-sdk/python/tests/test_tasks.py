"""Tasks, natively: children run in this process, through the same JSON as in a host."""

import asyncio
import functools

import flyte
import pytest
from flyte_guest.errors import Misuse, NonRecoverableError, TaskFailed, task_failed
from flyte_guest.failure import failure_of
from flyte_guest.host.native import NativeHost
from flyte_guest.policy import CachePolicy, cache_of
from flyte_guest.running import run


def call(task, inputs="{}"):
    return asyncio.run(run(task, inputs))


@pytest.fixture
def env():
    return flyte.TaskEnvironment("test", image="auto", resources=flyte.Resources(cpu=1))


def test_outside_of_a_task_a_task_is_its_function(env):
    @env.task
    def double(x: int) -> int:
        return 2 * x

    assert double(2) == 4
    assert list(flyte.map(double, [1, 2])) == [2, 4]


def test_outside_of_a_task_a_map_takes_a_partial(env):
    @env.task
    def add(a: int, b: int) -> int:
        return a + b

    @env.task
    async def aadd(a: int, b: int) -> int:
        return a + b

    async def added() -> list[int]:
        return [item async for item in flyte.map.aio(functools.partial(aadd, 10), [1, 2])]

    assert list(flyte.map(functools.partial(add, b=10), [1, 2])) == [11, 12]
    assert asyncio.run(added()) == [11, 12]


def test_within_a_task_a_call_is_a_child(env):
    @env.task
    async def double(x: int) -> int:
        return 2 * x

    @env.task
    async def parent(n: int) -> list[int]:
        mapped = [item async for item in flyte.map.aio(double, range(n))]
        return mapped + await asyncio.gather(*[double(x=i) for i in range(n)])

    assert call(parent, '{"n":3}') == "[0,2,4,0,2,4]"


def test_a_map_raises_the_failure_that_aborted_the_others(env, monkeypatch):
    async def invoke_each(self, task, inputs, options, concurrency, fail_fast):
        kinds = [("aborted", "another of the fan-out failed"), ("task", "ValueError: no 1"), ("aborted", "x")]
        return ["0", *(task_failed(kind, message, task=task) for kind, message in kinds)]

    monkeypatch.setattr(NativeHost, "invoke_each", invoke_each)

    @env.task
    async def child(x: int) -> int:
        return x

    @env.task
    async def parent() -> list[str]:
        told = []
        try:
            async for item in flyte.map.aio(child, range(4), return_exceptions=False):
                told.append(str(item))
        except TaskFailed as error:
            told.append(str(error))
        return told

    assert call(parent) == '["0","task `child` failed on item 2: ValueError: no 1"]'


def test_a_sync_task_waits_for_its_children(env):
    @env.task
    def add(a: int, b: int = 1) -> int:
        return a + b

    @env.task
    def parent() -> list[int]:
        return [add(1), *flyte.map(functools.partial(add, b=10), [1, 2])]

    assert call(parent) == "[2,11,12]"


def test_async_code_does_not_block(env):
    @env.task
    def child() -> int:
        return 1

    @env.task
    async def parent() -> int:
        return child()

    with pytest.raises(flyte.errors.SyncTaskCallInAsyncContextError, match=r"await child.aio\("):
        call(parent)


def test_a_childs_failure_is_an_exception(env):
    @env.task
    async def child(x: int) -> int:
        raise ValueError(f"no {x}")

    @env.task
    async def parent() -> list[str]:
        try:
            await child(7)
        except flyte.errors.TaskFailed as error:
            return [error.kind, error.message, str(error), *error.causes]
        return []

    told = call(parent)
    assert '"task","ValueError: no 7","task `child` failed: ValueError: no 7"' in told
    assert "test_tasks.py:" in told and ", in child" in told


def test_an_error_comes_with_its_causes_and_where_it_was():
    def fail():
        try:
            {}["k"]
        except KeyError as error:
            raise RuntimeError("outer") from error

    with pytest.raises(RuntimeError) as raised:
        fail()
    failure = failure_of(raised.value)
    assert failure.message == "RuntimeError: outer"
    assert failure.causes[0].startswith("at test_tasks.py:") and failure.causes[0].endswith(", in fail")
    assert failure.causes[1].startswith("KeyError: 'k' (test_tasks.py:")
    assert failure.recoverable


def test_what_is_recoverable():
    assert not failure_of(NonRecoverableError("gone")).recoverable
    assert not failure_of(SystemExit(1)).recoverable
    child = TaskFailed("trap", "panicked", recoverable=False, task="child", details="[1]")
    failure = failure_of(child)
    assert (failure.kind, failure.message) == ("task", "task `child` failed: panicked")
    try:
        raise RuntimeError("the parent gave up") from child
    except RuntimeError as error:
        wrapped = failure_of(error)
    assert wrapped.causes[-1] == "task `child` failed: panicked"
    assert (wrapped.details, wrapped.recoverable) == ("[1]", False)


def test_the_message_of_a_deep_failure_names_the_task_in_which_it_began():
    deep = TaskFailed("task", "task `b` failed: task `c` failed: no bottom", task="a")
    assert failure_of(deep).message == "task `c` failed: no bottom"


def test_of_many_causes_the_nearest_and_the_farthest_come_up():
    many = TaskFailed("task", "x", causes=[str(i) for i in range(40)], task="a")
    causes = failure_of(many).causes
    assert (len(causes), causes[7], causes[8], causes[-1]) == (17, "7", "…", "39")


def test_inputs_are_checked(env):
    @env.task
    async def task(x: int) -> int:
        return x

    with pytest.raises(TaskFailed) as raised:
        call(task, '{"x":"a"}')
    assert (raised.value.kind, str(raised.value)) == ("invalid-input", 'x: expected an integer, got the string "a"')


def test_a_result_that_is_not_declared_is_not_lost(env):
    @env.task
    async def task():
        return 1

    with pytest.raises(TaskFailed, match="declares none"):
        call(task)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retires": 1}, "did you mean `retries`"),
        ({"retries": -1}, "from 0 to"),
        ({"retries": 1.5}, "from 0 to"),
        ({"timeout": "5s"}, "seconds or a timedelta"),
        ({"cache": "always"}, "`cache` is"),
        ({"cache": "override"}, "needs a version"),
        ({"cache": flyte.Cache("auto", version_override="v1")}, "`Cache.version_override` has no effect"),
        ({"cache": flyte.Cache("auto", salt="s")}, "`Cache.salt` is supported with a version"),
        ({"triggers": object()}, "`triggers`"),
        ({"pod_template": "x"}, "`pod_template`"),
        ({"rights": ["/data"]}, "list of rights"),
    ],
)
def test_options_that_cannot_be_honoured_are_refused(env, options, message):
    with pytest.raises(Misuse, match=message):
        env.task(**options)


def test_options_that_say_where_are_passed_over(env):
    @env.task(short_name="x", queue="q", interruptible=True, links=())
    async def task() -> None: ...

    assert task.policy == env.policy


def test_the_policy(env):
    from datetime import timedelta

    backoff = flyte.Backoff(timedelta(milliseconds=100), 2.0, timedelta(seconds=5))
    age = timedelta(hours=1)
    cache = flyte.Cache(
        "override", "v1", salt="s", serialize=True, ignored_inputs=("a", "b"), max_age=age
    )

    @env.task(retries=flyte.RetryStrategy(3, backoff), timeout=30, cache=cache)
    async def task() -> None: ...

    policy = task.policy
    assert (policy.retries, policy.backoff_initial, policy.backoff_cap) == (3, 100_000_000, 5_000_000_000)
    assert policy.max_runtime == 30_000_000_000
    assert policy.cache == CachePolicy("override", "v1\ts", ("a", "b"), True, 3600 * 10**9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version_override": "v\t1"}, "no tabs"),
        ({"salt": "2\tx"}, "no tabs"),
        ({"policies": [object()]}, "`Cache.policies` is not supported"),
        ({"max_age": 0}, "`Cache.max_age` is longer than nothing"),
        ({"max_age": "1h"}, "seconds or a timedelta"),
        ({"serialize": "yes"}, "True or False"),
        ({"ignored_inputs": 5}, "names of parameters"),
        ({"ignored_inputs": ("a", 5)}, "names of parameters"),
    ],
)
def test_caches_that_are_none(options, message):
    with pytest.raises(Misuse, match=message):
        flyte.Cache("auto", **options)


def test_a_version_with_a_salt_is_no_longer_version():
    pairs = (("v1", ""), ("v12x", ""), ("v1", "2x"), ("v12", "x"))
    versions = [cache_of(flyte.Cache("override", version, salt=salt)).version for version, salt in pairs]
    assert versions[:2] == ["v1", "v12x"]
    assert len(set(versions)) == 4


def test_one_ignored_input_may_stand_alone(env):
    @env.task(cache=flyte.Cache("auto", ignored_inputs="note"))
    async def task() -> None: ...

    assert task.policy.cache == CachePolicy("auto", ignored_inputs=("note",))


def test_an_override_with_no_retries_has_none(env):
    @env.task(retries=3)
    async def task() -> None: ...

    assert task.override(retries=0).options.retries == 0
    assert task.override(timeout=1).options.retries is None


def test_a_clone_keeps_the_rights_that_it_is_not_given():
    from flyte_guest import rights

    env = flyte.TaskEnvironment("a", rights=[rights.read("/data")], secrets="old")
    kept = set(env.clone_with("b").rights)
    assert kept == set(env.rights)
    given = set(env.clone_with("c", secrets="new").rights)
    assert rights.read("/data") in given and not given & (kept - {rights.read("/data")})
    assert set(env.clone_with("d", rights=[]).rights) == kept - {rights.read("/data")}


def test_two_tasks_of_one_name_are_refused(env):
    @env.task
    async def task() -> None: ...

    with pytest.raises(Misuse, match=r"two tasks .* at lines \d+ and \d+"):

        @flyte.TaskEnvironment("other").task
        async def task() -> None: ...


def test_tasks_of_one_name_with_the_same_code_are_refused(env):
    def add(n):
        @env.task
        def added(x: int) -> int:
            return x + n

        return added

    add(1)
    with pytest.raises(Misuse, match=r"named `added`, both at line \d+"):
        add(2)

    def shared() -> None: ...

    env.task(shared)
    with pytest.raises(Misuse, match="named `shared`"):
        flyte.TaskEnvironment("other").task(shared)


def test_flyte_run_within_a_component_is_refused():
    with pytest.raises(Misuse, match=r"`flyte.run` has no meaning"):
        flyte.run(None)
    with pytest.raises(Misuse, match=r"`flyte.Trigger` is not supported"):
        flyte.Trigger
