"""One of several types: `Optional[T]`, `A | B`."""

from .codec import Codec
from .jsontext import kind, named, shown
from .problem import Problem
from .scalars import NullCodec


class OptionalCodec(Codec):
    """`T | None`."""

    def __init__(self, inner: Codec):
        self.inner = inner
        self.expected = f"{inner.expected} or null"
        self.kinds = inner.kinds | {"null"}

    def schema(self, book):
        return with_null(self.inner.schema(book))

    def decode(self, value):
        return None if value is None else self.inner.decode(value)

    def text(self, value):
        return "null" if value is None else self.inner.text(value)


def with_null(schema: dict) -> dict:
    """The schema of the same or null, as schemars writes it."""
    match schema:
        case {} if not schema:
            return schema
        case {"type": "null"}:
            return schema
        case {"type": str(name), "const": value}:
            rest = {key: value for key, value in schema.items() if key not in ("type", "const")}
            return {"type": [name, "null"], "enum": [value, None]} | rest
        case {"type": str(name)}:
            nullable = schema | {"type": [name, "null"]}
            return nullable | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})
        case {"anyOf": list(alternatives)} if len(schema) == 1:
            return {"anyOf": [*alternatives, {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


class UnionCodec(Codec):
    """`A | B`: of what fits, the first, and an integer is a float only where nothing else takes it."""

    def __init__(self, members: list[Codec]):
        self.members = members
        self.kinds = frozenset().union(*(member.kinds for member in members))
        self.expected = " or ".join(dict.fromkeys(member.expected for member in members))

    def schema(self, book):
        return {"anyOf": [member.schema(book) or True for member in self.members]}

    def decode(self, value):
        name = kind(value)
        candidates = [member for member in self.members if name in member.kinds]
        if name == "integer":
            candidates += [member for member in self.members if "number" in member.kinds and name not in member.kinds]
        problems = []
        for member in candidates:
            try:
                return member.decode(value)
            except Problem as problem:
                problems.append(problem)
        if len(problems) == 1:
            raise problems[0]
        if not problems:
            raise self.unfit_input(value)
        reasons = "; ".join(str(problem) for problem in problems)
        raise Problem(f"{shown(value)} fits none of the types: {reasons}")

    def text(self, value):
        problems = []
        members = self.members
        if isinstance(value, int):
            # 1 is an int before it is a float, in whatever order they stand.
            members = sorted(members, key=lambda member: member.kinds == {"number"})
        # An instance of a subclass is one of its base class too.
        members = sorted(members, key=lambda member: getattr(member, "python_type", None) is not type(value))
        for member in members:
            try:
                return member.text(value)
            except Problem as problem:
                problems.append(problem)
        # What got furthest into the value tells most.
        deepest = max(problems, key=lambda problem: len(problem.steps))
        raise deepest if deepest.steps else Problem(f"expected {self.expected}, got {named(value)}")


def union_of(members: list[Codec]) -> Codec:
    """The codec of one of these."""
    rest = [member for member in members if not isinstance(member, NullCodec)]
    if not rest:
        return members[0]
    inner = rest[0] if len(rest) == 1 else UnionCodec(rest)
    return inner if len(rest) == len(members) else OptionalCodec(inner)
