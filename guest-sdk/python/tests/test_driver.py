"""What the driver finds before anything is run."""

from pathlib import Path

import pytest
from conftest import drive


def errors(tmp_path: Path, text: str, name: str = "program.py") -> list[dict]:
    source = tmp_path / name
    source.write_text(text)
    code, told, _ = drive(source, tmp_path / "build")
    assert code == 1
    return [line for line in told if line["type"] == "error"]


def test_a_syntax_error_is_at_its_line(tmp_path):
    [error] = errors(tmp_path, "import flyte\n\ndef f(:\n    pass\n")
    assert (error["line"], error["column"], error["source"]) == (3, 7, "def f(:")
    assert error["file"] == str(tmp_path / "program.py")


def test_a_file_that_cannot_be_read(tmp_path):
    code, told, _ = drive(tmp_path / "nowhere.py", tmp_path / "build")
    assert code == 1
    assert told[-1]["message"] == "cannot be read: No such file or directory"


def test_a_syntax_error_in_a_module_beside_the_file(tmp_path):
    (tmp_path / "beside.py").write_text("x = (\n")
    [error] = errors(tmp_path, "import beside\n")
    assert error["file"] == str(tmp_path / "beside.py")


@pytest.mark.parametrize("name", ["flyte.py", "json.py", "pydantic.py"])
def test_a_file_that_hides_a_module(tmp_path, name):
    [error] = errors(tmp_path, "import flyte\n", name)
    assert "hides the module" in error["message"]


def test_a_module_beside_the_file_that_hides_pythons_own(tmp_path):
    (tmp_path / "random.py").write_text("")
    [error] = errors(tmp_path, "import flyte\nimport random\n")
    assert error["line"] == 2
    assert "hides Python's own module `random`" in error["message"]


def test_a_header_that_is_no_toml(tmp_path):
    [error] = errors(tmp_path, "# /// script\n# dependencies = [\n# ///\n")
    assert "is no TOML" in error["message"]


def test_options_of_pip_are_refused(tmp_path):
    (tmp_path / "requirements.txt").write_text("# mine\n-e .\n")
    [error] = errors(tmp_path, "import flyte\n")
    assert (error["file"], error["line"]) == (str(tmp_path / "requirements.txt"), 2)


def test_the_files_that_belong_to_a_program(tmp_path):
    from flyte_build.discover import Program

    (tmp_path / "package" / "inner").mkdir(parents=True)
    for name in ("package/__init__.py", "package/inner/__init__.py", "package/unused.py", "unused.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "package" / "models.py").write_text("from .inner import deep\nfrom . import other\n")
    (tmp_path / "package" / "other.py").write_text("def f():\n    import csv\n")
    (tmp_path / "package" / "inner" / "deep.py").write_text("from ..other import f\n")
    main = tmp_path / "main.py"
    main.write_text(
        "import package.models, requests\nif __name__ == '__main__':\n    import unused\nelse:\n    import lazy.of_none\n"
    )
    program = Program(main)
    found = {str(path.relative_to(tmp_path)) for path in program.paths()}
    inner = {"package/inner/__init__.py", "package/inner/deep.py"}
    assert found == {"main.py", "package/__init__.py", "package/models.py", "package/other.py", *inner}
    assert set(program.foreign) >= {"requests", "csv"}
    assert program.late_imports()["package.other"] == ["csv"]


def test_the_files_that_would_belong_to_it_if_they_were_there(tmp_path):
    from flyte_build.discover import Program

    (tmp_path / "space").mkdir()
    (tmp_path / "plain.py").write_text("")
    main = tmp_path / "main.py"
    main.write_text("import plain, space.deep, far.off\nfrom plain import name\n")
    absent = {str(path.relative_to(tmp_path)) for path in Program(main).absent}
    assert absent >= {"plain/__init__.py", "plain/name.py", "space.py", "space/__init__.py", "space/deep.py"}
    assert absent >= {"far.py", "far/__init__.py", "far/off.py", "far/off/__init__.py"}
    assert not absent & {"main.py", "plain.py"}
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    main.write_text("import package\n")
    assert Program(main).absent == set(), "a package comes before a file of its name"


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("@env.task\nasync def a(): ...\n", False),
        ("@env.task\ndef a(): ...\n", True),
        ("@env.task(retries=1)\ndef a(): ...\n", True),
        ("async def a():\n    flyte.map(b, [])\n", True),
        ("async def a():\n    flyte.map.aio(b, [])\n", False),
    ],
)
def test_who_may_block(tmp_path, text, blocks):
    from flyte_build.discover import Program

    main = tmp_path / "main.py"
    main.write_text(text)
    assert Program(main).may_block() is blocks


def test_syntax_of_a_newer_python_is_left_to_the_components(tmp_path):
    from flyte_build.module import read

    source = tmp_path / "newer.py"
    source.write_text("import json\ntype X = int\n")
    assert [found.module for found in read(source).imports] == ["json"]
