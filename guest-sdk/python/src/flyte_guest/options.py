"""Options of Flyte that a component takes, ignores because they only say where it runs, or refuses."""

import re

from .errors import Misuse
from .values.nearest import nearest

#: They say on which machines a task runs, or how it is shown. A sandbox has neither.
IGNORED = frozenset(
    {"image", "resources", "queue", "interruptible", "depends_on", "description", "links", "entrypoint", "short_name"}
)
#: They promise something that a component doesn't have, and why.
REFUSED = {
    "triggers": "nothing starts a component's tasks but who runs them",
    "pod_template": "there are no pods, and what it mounts or starts beside the task would be missing",
    "service_account": "there are no service accounts; declare `rights` and let the operator grant them",
    "plugin_config": "there are no plugins",
    "report": "there are no reports; return a value, or print",
    "include": "a component has no files of its own; read them below a directory with `rights`",
    "task_resolver": "tasks are found by their names",
    "produces_artifacts": "there are no artifacts; return a value",
    "max_inline_io_bytes": "`flyte-host run --max-input` and `--max-output` set it",
}


def check_rest(where: str, options: dict, known: tuple[str, ...]) -> None:
    """Refuses options that can't be honoured; those that only say where a task runs are passed over."""
    for name, value in options.items():
        if name in IGNORED or (name in REFUSED and not value):
            continue
        if name in REFUSED:
            raise Misuse(f"the option `{name}` of `{where}` is not supported in a component: {REFUSED[name]}")
        raise Misuse(f"`{where}` has no option `{name}`{nearest(name, [*known, *IGNORED])}")


def environment_name(name: object) -> str:
    """The name of an environment, as Flyte has it."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
        raise Misuse(f"`{name}` is no name of an environment: a letter or `_`, then letters, digits, `_` and `-`")
    return name


def env_vars_of(value: object) -> dict[str, str]:
    """The variables that a task's environment sets by itself."""
    if value is None:
        return {}
    items = value.items() if isinstance(value, dict) else [(value, "")]
    if not all(isinstance(name, str) and isinstance(text, str) for name, text in items):
        raise Misuse(f"`env_vars` is a dict of text, not {value!r}")
    return dict(value)
