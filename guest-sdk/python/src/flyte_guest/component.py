"""What a component exports.

componentize-py runs this module once and keeps the memory: all that can be known then, is.
"""

import gc
import sys

import componentize_py_async_support
import wit_world
from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import types as wit

from . import building, event_loop, instance, memory
from .failure import Failure, failure_of
from .host import host
from .running import find, run

event_loop.install(componentize_py_async_support)
host()
SPECS = building.specs()
instance.forget_the_build()
# What is known by now stays: a collection that looked at it would copy all its pages into each new instance.
gc.collect()
gc.freeze()


class TaskSet(exports.TaskSet):
    """The tasks."""

    def describe(self) -> list[wit.TaskSpec]:
        """All tasks, as they were described when the component was built."""
        return SPECS

    async def run(self, task: str, inputs: str) -> str:
        """Runs a task."""
        try:
            found = find(task)
            event_loop.begin(instance.is_shared(found))
            instance.begin(found)
            return await run(found, inputs)
        except BaseException as error:
            memory.end_if_refused(error)
            if event_loop.is_stuck(error):
                error = event_loop.Stuck("the task waits for something that nothing will bring about")
            raise Err(_told(failure_of(error))) from None
        finally:
            event_loop.end()
            sys.stdout.flush()
            sys.stderr.flush()


class WitWorld(wit_world.WitWorld):
    """What the world exports beside them."""

    def turn(self):
        """Is never called: with it the world has the future that `waking` needs."""
        raise NotImplementedError


def _told(failure: Failure) -> wit.TaskError:
    kind = wit.ErrorKind[failure.kind.upper().replace("-", "_")]
    return wit.TaskError(kind, failure.message, failure.causes, failure.details, failure.recoverable)
