"""Types as they are spelled.

`typing` keeps what it made of a type's arguments, and takes `Union[str, int]` for `Union[int, str]` there: a second
`List[…]` would have its alternatives in the order of the first. Here that order counts, so nothing is kept.
"""

import typing


def keep_order() -> None:
    """Has every `List[…]`, `Optional[…]` and the like be made anew."""
    # Python 3.11 has no way to: there a test may see another order than a component, which has its own Python.
    kept = getattr(typing, "_caches", {})
    for function in kept:
        kept[function] = function
