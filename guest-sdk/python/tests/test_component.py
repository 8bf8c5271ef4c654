"""Components, built by the driver and run by the host."""

import json
from pathlib import Path

import pytest
from conftest import PACKAGE, drive

pytestmark = pytest.mark.component
COMPONENTS = Path(__file__).parent / "components"
EXAMPLE = PACKAGE.parents[1] / "examples/dataclasses-and-structures/python/dataclass_example.py"
BATCH = '{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4}],"batch_id":"b"}'


@pytest.fixture(scope="session")
def example(build):
    return build(EXAMPLE)


@pytest.fixture(scope="session")
def behaviours(build):
    return build(COMPONENTS / "behaviours.py")


@pytest.fixture(scope="session")
def models(build):
    return build(COMPONENTS / "models.py")


@pytest.fixture(scope="session")
def shared(build):
    return build(COMPONENTS / "shared.py")


def test_flytes_own_example(example):
    summary = example.run("process_batch", "--batch", BATCH)
    assert summary == '{"predictions":[9.0,19.0],"average":14.0,"count":2,"batch_id":"b"}'
    text = example.run("process_batch", "--batch", BATCH, "then", "summarize_results")
    assert text == '"Batch b: Processed 2 predictions, average value: 14.00"'


def test_bad_input_is_refused_by_the_schema(example):
    error = example.error("predict_one", "--request", '{"feature_a":"1","feature_c":2}')
    assert "request.feature_a: expected a number" in error
    assert "request.feature_c: unknown field" in error


@pytest.mark.parametrize(
    ("task", "output"),
    [
        (["sync_parent", "--n", "3"], "[2,1,3,5]"),
        (["fan_out", "--n", "100"], "9900"),
        (["times_out"], '"timed out"'),
        (["imports_late"], '"csv"'),
        (["flaky"], "3"),
        (["by_name"], "8"),
        (["unknown"], '["unknown-task"]'),
        (["date_or_text", "--values", '["2026-01-01"]'], '["date"]'),
        (["text_or_date", "--values", '["2026-01-01"]', "--more", "2026-01-01"], '["str","str"]'),
        (["copes"], '"coped"'),
        (["context"], '["a0","behaviours.context","1"]'),
        (["counts_twice"], "[1,2]"),
        (["floats", "--values", "[1,1e16,0.000012,1e-6]"], "[1.0,1e+16,0.000012,1e-6]"),
    ],
)
def test_what_succeeds(behaviours, task, output):
    assert behaviours.run(*task) == output


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("waits_for_nothing", "waits for something that nothing will bring about"),
        ("nan", "a[1]: NaN is not a JSON number"),
        ("exits", "sys.exit(3)"),
        ("recurs", "RecursionError"),
        ("imports_what_is_not_there", "`sqlite3` is not in the component"),
        ("permanent", "NonRecoverableError: for good"),
        ("raises_memory_error", "MemoryError: its own"),
        ("overrides", "task `flaky` failed: RuntimeError: again"),
    ],
)
def test_what_fails(behaviours, task, message):
    assert message in behaviours.error(task)


@pytest.mark.parametrize("task", ["hoards", "hoards_in_a_group"])
def test_meeting_the_memory_limit_is_a_limit(behaviours, task):
    done = behaviours.command(task, quiet=False)
    assert done.returncode == 4, done.stderr
    assert "hit a limit: memory" in done.stderr
    assert f"[a0 {task}] MemoryError: at behaviours.py:" in done.stderr


def test_a_timeout_does_not_take_the_place_of_the_policy(behaviours):
    told = behaviours.run("keeps_the_policy", options=["--deadline=60s"])
    assert "max-runtime: the attempt took longer than 200ms" in told


def test_an_error_says_where_it_happened(behaviours):
    error = behaviours.error("double", "--x=-1")
    assert "ValueError: no -1" in error
    assert "at behaviours.py:" in error and ", in double" in error


def test_a_childs_failure_can_be_caught_while_others_run(behaviours):
    kind, message, place = json.loads(behaviours.run("catches"))
    assert (kind, message) == ("task", "ValueError: no -3")
    assert place.startswith("at behaviours.py:")


def test_the_host_ends_children_of_a_timeout(behaviours):
    options = ["--max-action-concurrency=2", "--deadline=60s"]
    assert behaviours.run("times_out_often", options=options) == "[2,2,2,4,6]"


def test_sleeps_run_at_once(behaviours):
    assert float(behaviours.run("sleeps_at_once")) < 1.0


def test_instances_draw_their_own_random_numbers(behaviours):
    assert behaviours.run("draws") != behaviours.run("draws")


def test_what_is_printed_becomes_the_log(behaviours):
    done = behaviours.command("prints", quiet=False)
    assert done.stdout.strip() == "null"
    lines = [line for line in done.stderr.splitlines() if line.startswith("[a0 prints] ")]
    assert [line.removeprefix("[a0 prints] ") for line in lines] == ["printed", "WARNING:root:warned", "no newline"]


def test_a_task_sees_what_is_granted(behaviours, tmp_path):
    (tmp_path / "text").write_text("content")
    assert json.loads(behaviours.run("looks_around")) == {"MODE": "test", "text": "PermissionError"}
    granted = behaviours.run("looks_around", options=[f"--allow-read={tmp_path}:/data", "--allow-env=TOKEN=t"])
    assert json.loads(granted) == {"MODE": "test", "TOKEN": "t", "text": "content"}


@pytest.mark.parametrize(
    ("task", "output"),
    [
        (["meet", "--n", "20"], str([20] * 20)),
        (["pass_on", "--n", "50"], str(sum(range(50)))),
        (["ask", "--n", "10"], str(list(range(0, 20, 2)))),
        (["gives_up"], '"limit"'),
    ],
)
def test_actions_of_one_instance_wait_for_one_another(shared, task, output):
    assert shared.run(*task, options=["--deadline=120s"]) == output.replace(" ", "")


def test_models(models):
    shape = '{"name":" ABC","points":[{"x":1},{"x":2,"y":3,"tags":["t"]}]}'
    points = '[{"x":1.0,"y":0.0,"tags":[]},{"x":2.0,"y":3.0,"tags":["t"]}]'
    expected = f'{{"name":"abc","points":{points},"kind":"open","at":null,"n":7}}'
    assert models.run("echo", "--shape", shape) == expected
    assert "does not match regex" in models.error("echo", "--shape", '{"name":"a1","points":[{"x":1}]}')
    closed = '{"name":"a","kind":"closed","points":[{"x":1}]}'
    assert "a closed shape has three points" in models.error("echo", "--shape", closed)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("@env.task(retires=3)\nasync def a() -> int: ...\n", 4, "did you mean `retries`?"),
        ("class Foo: ...\n@env.task\nasync def a(x: Foo): ...\n", 6, "`Foo` can't be passed"),
        ("import nowhere\n", 4, "there is no module `nowhere`"),
        ("from pydantic import TypeAdapter\n", 4, "`pydantic.TypeAdapter` is not supported"),
        ("flyte.run(None)\n", 4, "`flyte.run` has no meaning in a component"),
        ("", None, "has no task"),
    ],
)
def test_mistakes_are_told_at_their_line(flyte_host, tmp_path, text, line, message):
    source = tmp_path / "program.py"
    source.write_text(f"import flyte\n\nenv = flyte.TaskEnvironment('e')\n{text}")
    code, told, _ = drive(source, tmp_path / "build")
    errors = [found for found in told if found["type"] == "error"]
    assert code == 1
    assert errors[0]["line"] == line and message in errors[0]["message"]
