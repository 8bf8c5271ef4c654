"""What the tests share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
sys.path.insert(0, str(PACKAGE / "src"))


@pytest.fixture(autouse=True)
def no_tasks_of_other_tests():
    """Each test defines tasks of its own."""
    from flyte_guest.registry import REGISTRY

    REGISTRY.tasks.clear()


@pytest.fixture(scope="session")
def flyte_host():
    """The host's binary, which the environment names. Without it these tests fail: they check nothing then."""
    path = os.environ.get("FLYTE_HOST")
    if not path:
        pytest.fail("FLYTE_HOST is not set: it names the flyte-host binary that runs the components")
    return path


class Built:
    """A component, and the host to run it."""

    def __init__(self, host: str, component: Path, cache: Path):
        self.host = host
        self.component = component
        self.cache = cache

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs the host on the component."""
        verb, *rest = arguments
        command = [self.host, verb, "--cache-dir", str(self.cache), *(["--quiet"] if verb == "run" else [])]
        command += ["task"] if verb == "get" else []
        if verb == "get":
            command = [self.host, "get", "task", "--cache-dir", str(self.cache)]
        return subprocess.run([*command, str(self.component), *rest], capture_output=True, text=True, check=False)

    def run(self, *arguments: str) -> str:
        """The output of a task."""
        done = self.command("run", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def error(self, *arguments: str) -> str:
        """What is told of a task that fails."""
        done = self.command("run", *arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr.strip()


def drive(source: Path, work: Path) -> tuple[int, list[dict], Path]:
    """Runs the driver: its exit code, what it tells, and the output."""
    import json

    output = work / "out.wasm"
    work.mkdir(parents=True, exist_ok=True)
    (work / "work").mkdir()
    command = [sys.executable, "-m", "flyte_build", "--source", str(source), "--output", str(output)]
    command += ["--wit", str(PACKAGE.parents[1] / "wit"), "--work", str(work / "work")]
    environment = os.environ | {"PYTHONPATH": str(PACKAGE / "src")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], output


@pytest.fixture(scope="session")
def build(flyte_host, tmp_path_factory):
    """Builds a component from a file's path."""
    cache = tmp_path_factory.mktemp("cache")
    cache.chmod(0o700)

    def built(source: Path) -> Built:
        code, told, output = drive(source, tmp_path_factory.mktemp("build"))
        assert code == 0, told
        return Built(flyte_host, output, cache)

    return built
