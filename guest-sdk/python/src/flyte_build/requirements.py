"""The author's own requirements: PEP 723 in the file, or `requirements.txt` beside it."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .module import GUEST_VERSION, source_text
from .report import ToolError, note, progress, refuse

_SCRIPT = re.compile(r"(?m)^# /// script\s*$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
#: They are in every component that imports them, so their requirements are met.
_GIVEN = {"flyte", "flyte-guest", "pydantic", "typing-extensions"}


@dataclass(frozen=True)
class Requirements:
    """What is to be installed, and where it is said."""

    lines: tuple[tuple[str, int], ...]
    file: Path


def of(source: Path) -> Requirements | None:
    """The requirements of a program; the file's own header comes before `requirements.txt`."""
    text = source_text(source)
    if (match := _SCRIPT.search(text)) is not None:
        return Requirements(tuple(_of_header(source, text, match)), source)
    beside = source.with_name("requirements.txt")
    if beside.is_file():
        lines = enumerate(beside.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        plain = ((re.sub(r"(^|\s)#.*", "", line).strip(), number) for number, line in lines)
        return Requirements(tuple((line, number) for line, number in plain if line), beside)
    return None


def _of_header(source: Path, text: str, match: re.Match):
    import tomllib

    start = text.count("\n", 0, match.start()) + 1
    content = "".join(line[2:] if line.startswith("# ") else line[1:] for line in match["content"].splitlines(True))
    try:
        header = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise refuse(f"the `# /// script` header is no TOML: {error}", file=source, line=start) from None
    dependencies = header.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(item, str) for item in dependencies):
        raise refuse("`dependencies` in the `# /// script` header is a list of text", file=source, line=start)
    lines = text.splitlines()
    for dependency in dependencies:
        places = [number for number, line in enumerate(lines, 1) if dependency in line and line.startswith("#")]
        yield dependency, places[0] if places else start


def install(requirements: Requirements, site: Path) -> None:
    """Installs what is pure Python; refuses anything else, by name."""
    wanted = []
    for line, number in requirements.lines:
        if line.startswith("-"):
            place = {"file": requirements.file, "line": number}
            raise refuse(f"the option `{line}` is not supported: a line names a package", **place)
        if _name(line) not in _GIVEN:
            wanted.append((line, number))
    if not wanted:
        return
    progress("installing " + ", ".join(_name(line) for line, _ in wanted))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-compile", "--target", str(site), "--only-binary=:all:", "--platform", "any"]
    command += ["--implementation", "py", "--abi", "none", "--python-version", ".".join(map(str, GUEST_VERSION))]
    done = subprocess.run([*command, *(line for line, _ in wanted)], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    output = done.stderr + done.stdout
    missing = re.search(r"(?:No matching distribution found for|satisfies the requirement) ([^\s(]+)", output)
    if missing:
        name = _name(missing[1])
        number = next((number for line, number in wanted if _name(line) == name), wanted[0][1])
        raise refuse(
            f"`{name}` can't be put into a component: there is no version in pure Python of `{missing[1]}`",
            file=requirements.file,
            line=number,
            help="compiled code is not for WebAssembly; check the name and the version, or do without it",
        )
    note(output)
    if "Invalid requirement" in output or "ResolutionImpossible" in output or "conflicting dependencies" in output:
        last = [line for line in output.splitlines() if line.startswith("ERROR")]
        raise refuse((last or ["the requirements can't be met"])[0], file=requirements.file, line=wanted[0][1])
    raise ToolError("pip failed")


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-")
