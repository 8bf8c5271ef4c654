"""Which errors say that memory was refused."""

import pytest
from flyte_guest.memory import refusal

REFUSED = MemoryError()


@pytest.mark.parametrize(
    "error",
    [
        REFUSED,
        ExceptionGroup("g", [ValueError(), ExceptionGroup("inner", [REFUSED])]),
        BaseExceptionGroup("b", [REFUSED]),
    ],
)
def test_a_refusal_counts_in_groups_too(error):
    assert refusal(error) is REFUSED


@pytest.mark.parametrize("error", [MemoryError("its own"), ValueError(), ExceptionGroup("g", [MemoryError("its own")])])
def test_other_errors_do_not(error):
    assert refusal(error) is None
