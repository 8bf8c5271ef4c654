"""pydantic 2's ordinary names over pydantic 1, which is the one that is pure Python."""


def install() -> None:
    """Before the author's file is run."""
    import pydantic

    assert pydantic.VERSION.startswith("1.")
