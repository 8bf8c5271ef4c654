"""What is wrong with a value, and where: `batch.requests[1].feature_b`."""

import json


class Problem(Exception):
    """A value that doesn't fit. The steps are innermost first: they are added on the way out."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason
        self.steps: list[str | int] = []

    def within(self, step: "str | int") -> "Problem":
        """The same, seen from one level further out."""
        self.steps.append(step)
        return self

    def __str__(self) -> str:
        path = ""
        for step in reversed(self.steps):
            if isinstance(step, int):
                path += f"[{step}]"
            elif not is_plain(step):
                path += f"[{json.dumps(step, ensure_ascii=False)}]"
            else:
                path += f".{step}" if path else step
        return f"{path}: {self.reason}" if path else self.reason


def is_plain(name: str) -> bool:
    """Whether a name needs no quotes in a path."""
    return bool(name) and all(c.isalnum() or c in "_-" for c in name)


def reason(error: Exception) -> str:
    """What an exception says; of what type it is too, unless its text is one for the author."""
    if isinstance(error, (TypeError, NameError, ValueError)) and str(error):
        return str(error)
    name = type(error).__qualname__
    return f"{name}: {error}" if str(error) else name
