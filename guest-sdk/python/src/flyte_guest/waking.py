"""Having the host come back to a call that waits: an event for it, made by another call of the same instance."""

import componentize_py_runtime as runtime
import wit_world


class _Woken:
    """In place of the future of a call: there is nothing to do but to look at what can go on."""

    def __init__(self, reader, promise: int):
        self.reader = reader
        self.promise = promise

    def set_result(self, event: int) -> None:
        """The host has come back."""
        runtime.promise_get_result(event, self.promise)
        runtime.future_drop_readable(self.reader.type_, self.reader.handle)


def is_under_way(state) -> bool:
    """Whether the host still comes back to the call with this state because of a wake."""
    return any(isinstance(future, _Woken) for future in state.futures.values())


def wake(state) -> None:
    """Has the host come back to the call with this state, which waits for it."""
    writer, reader = wit_world.u8_future(int)
    # Both ends are dropped here, as soon as that may be.
    writer.finalizer.detach()
    reader.finalizer.detach()
    waitable, promise = runtime.future_read(reader.type_, reader.handle).value
    state.futures[waitable] = _Woken(reader, promise)
    runtime.waitable_join(waitable, state.waitable_set)
    runtime.future_write(writer.type_, writer.handle, 0)
    runtime.future_drop_writable(writer.type_, writer.handle)
