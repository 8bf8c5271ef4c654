"""Flyte's secrets: an environment variable that the operator grants."""

from dataclasses import dataclass

from . import rights
from .errors import Misuse


@dataclass(frozen=True)
class Secret:
    """A secret. The task declares the variable it comes in, and the operator grants it with `--allow-env`."""

    key: str
    group: str | None = None
    mount: object = None
    as_env_var: str | None = None

    def __post_init__(self):
        if self.mount is not None:
            raise Misuse("`Secret.mount` is not supported: a secret is an environment variable here")

    @property
    def variable(self) -> str:
        """The variable's name, as Flyte forms it."""
        parts = [self.group, self.key] if self.group else [self.key]
        return self.as_env_var or "_".join(parts).replace("-", "_").upper()


def rights_of_secrets(request: object) -> tuple[rights.Right, ...]:
    """The rights that `secrets=…` declares."""
    secrets = request if isinstance(request, (list, tuple)) else [] if request is None else [request]
    found = []
    for secret in secrets:
        secret = Secret(secret) if isinstance(secret, str) else secret
        if not isinstance(secret, Secret):
            raise Misuse(f"`secrets` has flyte.Secret or text, not {secret!r}")
        found.append(rights.env(secret.variable))
    return tuple(found)
