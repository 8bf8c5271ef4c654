"""What a task may use outside its sandbox, at most: it declares it, and the operator grants it.

    @env.task(rights=[rights.read("/data"), rights.env("TOKEN", optional=True)])
"""

import re
from ipaddress import ip_address
from typing import NamedTuple

from .errors import Misuse


class Right(NamedTuple):
    """A declared right; `read`, `write`, `env` and `net` make one."""

    kind: str
    argument: str
    optional: bool

    def __str__(self) -> str:
        return f"{self.kind} {self.argument}{' (optional)' if self.optional else ''}"


def read(path: str, *, optional: bool = False) -> Right:
    """Reading the files below a directory: an absolute path, as the task sees it."""
    return Right("read", _path(path), optional)


def write(path: str, *, optional: bool = False) -> Right:
    """Reading, changing, making and removing files below a directory."""
    return Right("write", _path(path), optional)


def env(name: str, *, optional: bool = False) -> Right:
    """An environment variable."""
    return Right("env", _variable(name), optional)


def net(target: str, *, optional: bool = False) -> Right:
    """Connections to `host` or `host:port`: a name, an IPv4 address, an IPv6 address in brackets, or `*`."""
    return Right("net", _target(target), optional)


def checked(rights: object) -> tuple[Right, ...]:
    """The `rights=[…]` of a task or an environment."""
    if not isinstance(rights, (list, tuple)) or not all(isinstance(right, Right) for right in rights):
        raise Misuse(
            f"`rights` is a list of rights, not {rights!r}",
            'write `from flyte_guest import rights` and `rights=[rights.read("/data"), rights.env("TOKEN")]`',
        )
    return tuple(rights)


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise Misuse(f"{what} is text, not {value!r}")
    return value


def _has_controls(text: str) -> bool:
    return any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)


def _path(value: object) -> str:
    text = _text(value, "a path")
    if not text:
        raise Misuse("an empty path")
    if _has_controls(text):
        raise Misuse("a path has no control characters")
    if not text.startswith("/"):
        raise Misuse(f"`{text}` is not absolute: a guest has no directory that it starts from")
    if ".." in text.split("/"):
        raise Misuse(f"`{text}` has `..` in it: a right names one place")
    if len(text.encode()) > 4096:
        raise Misuse("a path has at most 4096 bytes")
    return text


def _variable(value: object) -> str:
    name = _text(value, "a variable's name")
    if not name:
        raise Misuse("a variable without a name")
    if _has_controls(name):
        raise Misuse("a variable's name has no control characters")
    if "=" in name:
        raise Misuse("a task declares a variable's name; its value is the operator's to give")
    if len(name.encode()) > 1024:
        raise Misuse("a variable's name has at most 1024 bytes")
    return name


def _target(value: object) -> str:
    text = _text(value, "a target")
    if _is_address(text):
        return text
    if "://" in text:
        raise Misuse("a right names a host, not a URL")
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        if not bracket:
            raise Misuse("`]` is missing after the IPv6 address")
        if not _is_address(host) or ":" not in host:
            raise Misuse(f"`{host}` is no IPv6 address")
        if port and not port.startswith(":"):
            raise Misuse("after `]` comes `:` and the port")
        if port:
            _port(port[1:])
        return text
    host, colon, port = text.partition(":")
    if colon:
        _port(port)
    if not host:
        raise Misuse("the name of the host is missing")
    if host == "*" or _is_address(host):
        return text
    if "*" in host:
        raise Misuse("`*` stands for any host, not for a part of a name")
    labels = host.rstrip(".").lower().split(".")
    numeric = labels[-1].startswith("0x") or labels[-1].isdigit()
    if len(host) > 253 or numeric or not all(re.fullmatch(r"[a-z0-9_-]{1,63}", label) for label in labels):
        raise Misuse(f"`{text}` is neither a name nor an address")
    return text


def _port(text: str) -> None:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Misuse(f"`{text}` is no port: a number from 1 to 65535")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text
