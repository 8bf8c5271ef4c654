"""Which files are the author's. In a component they all come from one directory."""

_root: str | None = None


def set_root(directory: str) -> None:
    """Says where the author's files are; once, when the component is built."""
    global _root
    _root = directory.rstrip("/") + "/"


def author_file(filename: str) -> str | None:
    """A file's name below the author's directory; None where it is not the author's."""
    if _root is None:
        # Natively, as in tests: whatever is not this package or Python's own.
        own = __file__.rsplit("/", 1)[0] + "/"
        foreign = filename.startswith((own, "<")) or "/lib/python" in filename
        return None if foreign else filename.rsplit("/", 1)[-1]
    return filename.removeprefix(_root) if filename.startswith(_root) else None
