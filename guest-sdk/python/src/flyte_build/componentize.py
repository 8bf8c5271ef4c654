"""Runs componentize-py, and turns what the author's file did when it was run into errors at its lines."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from .discover import Program
from .module import class_line, statement_line
from .report import AuthorError, ToolError, note, problem
from .world import WORLD

MARKER = "flyte-build-refused:"
ENTRY = "flyte_guest.component"
NO_TASK = """a task is a function like this:

    import flyte

    env = flyte.TaskEnvironment(name="my_env")

    @env.task
    async def double(number: int) -> int:
        return 2 * number"""


def componentize(program: Program, wit: Path, paths: list[Path], output: Path) -> None:
    """Makes the component.

    Raises `AuthorError` where the author has to change something.
    """
    # This interpreter's own, and not by its script: that names the directory where it was installed, which may have moved.
    if find_spec("componentize_py") is None:
        raise ToolError("componentize-py is not installed beside the driver")
    command = [sys.executable, "-P", "-c", "import sys; from componentize_py import script; sys.exit(script())"]
    command += ["-d", str(wit), "-w", WORLD, "componentize", "-o", str(output)]
    for path in paths:
        command += ["-p", str(path)]
    # An environment without packages, or what is installed on this machine would be taken for the component's.
    empty = wit.with_name("venv")
    (empty / "lib" / "site-packages").mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"RUST_BACKTRACE": "0", "VIRTUAL_ENV": str(empty)}
    done = subprocess.run([*command, ENTRY], capture_output=True, text=True, env=environment, check=False)
    told = done.stdout + done.stderr
    if done.returncode == 0 and output.is_file():
        return
    for line in told.splitlines():
        _, marker, text = line.partition(MARKER)
        if marker:
            for found in json.loads(text):
                _report(program, found)
            raise AuthorError("the file was refused")
    note(told)
    raise ToolError("componentize-py failed")


def _report(program: Program, found: dict) -> None:
    file = program.root / found["file"] if found.get("file") else program.source
    line = found.get("line")
    message, help = found["message"], found.get("help")
    match found.get("kind"):
        case "no-task":
            message, help = f"`{program.source.name}` has no task", NO_TASK
        case "import":
            message, help = _of_import(found)
    if "class" in found:
        line = class_line(file, found["class"])
    elif line and message.startswith("the task `"):
        line = statement_line(file, line)
    problem("error", message, file=file, line=line, column=found.get("column"), help=help)


def _of_import(found: dict) -> tuple[str, str | None]:
    name = found.get("module") or ""
    top = name.split(".")[0]
    if top == "flyte":
        return f"`{name}` is not supported in a component ({found['message']})", None
    if top == "pydantic":
        return (
            f"{found['message']}: it is not supported in a component",
            "what works of pydantic 2 is listed in the README of flyte-guest",
        )
    if found["message"].startswith("No module named"):
        help = f'add a header with `# dependencies = ["{top}"]` (PEP 723), or a requirements.txt beside the file'
        return f"there is no module `{name}`", help
    return found["message"], None
