"""The loop of a component, with stand-ins for what componentize-py brings."""

import importlib
import sys
from types import ModuleType, SimpleNamespace

import pytest

BROUGHT = ("componentize_py_runtime", "componentize_py_types", "wit_world", "wit_world.imports")
OURS = ("flyte_guest.event_loop", "flyte_guest.waking")


@pytest.fixture
def told(monkeypatch):
    """What the runtime is called with."""
    told = []
    for name in BROUGHT:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name in OURS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    runtime = sys.modules["componentize_py_runtime"]
    for name in ("future_write", "future_drop_writable", "future_drop_readable", "promise_get_result", "waitable_join"):
        setattr(runtime, name, lambda *given, name=name: told.append((name, *given)))
    runtime.waitable_set_new = lambda: 3
    runtime.waitable_set_drop = lambda set: told.append(("waitable_set_drop", set))
    runtime.context_set = lambda state: None
    runtime.future_read = lambda type_, handle: SimpleNamespace(value=(7, 70))
    sys.modules["componentize_py_types"].Ok = type("Ok", (), {})
    sys.modules["wit_world.imports"].monotonic_clock = None
    sys.modules["wit_world"].imports = sys.modules["wit_world.imports"]

    def end(handle):
        return SimpleNamespace(type_=0, handle=handle, finalizer=SimpleNamespace(detach=lambda: None))

    sys.modules["wit_world"].u8_future = lambda default: (end(1), end(2))
    yield told
    for name in OURS:
        sys.modules.pop(name, None)


def test_an_action_that_ends_before_its_wake_takes_it_and_leaves_nothing(told):
    event_loop = importlib.import_module("flyte_guest.event_loop")
    waking = importlib.import_module("flyte_guest.waking")
    event_loop._support = SimpleNamespace(_loop=SimpleNamespace(poll=lambda state: None))
    state = SimpleNamespace(pending_count=0, futures={}, waitable_set=3, handles=[])
    waking.wake(state)
    assert event_loop._poll(state) == event_loop._WAIT | 3 << 4
    # As componentize-py takes the event.
    state.futures.pop(7).set_result(0)
    assert ("future_drop_readable", 0, 2) in told
    assert event_loop._poll(state) == event_loop._EXIT
    assert told[-1] == ("waitable_set_drop", 3)
