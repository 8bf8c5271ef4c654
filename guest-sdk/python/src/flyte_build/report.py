"""What the driver tells: JSON Lines on standard output."""

import json
import linecache
import sys
from pathlib import Path


class AuthorError(Exception):
    """The author has to change something; everything was reported."""


class ToolError(Exception):
    """The tools failed in a way that the author can't help."""


def _tell(**line: object) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def progress(text: str) -> None:
    """What is done now."""
    _tell(type="progress", text=text)


def input_file(path: Path) -> None:
    """A file of the author's that the output depends on."""
    _tell(type="input", path=str(path.absolute()))


def absent_file(path: Path) -> None:
    """A file that is not there, and that the output would depend on if it were."""
    _tell(type="absent", path=str(path.absolute()))


def problem(
    kind: str,
    message: str,
    file: Path | None = None,
    line: int | None = None,
    column: int | None = None,
    help: str | None = None,
) -> None:
    """An `error` or a `warning`, where it stands."""
    source = linecache.getline(str(file), line).rstrip("\r\n") if file and line else None
    _tell(
        type=kind,
        message=message,
        file=str(file.absolute()) if file else None,
        line=line,
        column=column,
        source=source or None,
        help=help,
    )


def refuse(message: str, **place: object) -> AuthorError:
    """Reports an error; what it gives is to be raised."""
    problem("error", message, **place)
    return AuthorError(message)


def note(text: str) -> None:
    """For whoever looks into a failure of the tools."""
    print(text, file=sys.stderr)
