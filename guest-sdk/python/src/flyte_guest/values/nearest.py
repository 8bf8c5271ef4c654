"""What somebody may have meant by a name that is not known."""

from collections.abc import Iterable


def distance(a: str, b: str) -> int:
    """How many letters have to be changed, added, dropped or swapped with the next."""
    before, row = [], list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, above, row = row, before, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or nothing."""
    scored = [(distance(name.lower(), other.lower()), other) for other in known if len(name) < 100]
    close = [(score, other) for score, other in scored if score <= max(1, len(name) // 3)]
    return f"; did you mean `{min(close)[1]}`?" if close else ""
