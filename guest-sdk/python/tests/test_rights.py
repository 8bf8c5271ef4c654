"""Rights, by the rules of the host."""

from pathlib import Path

import pytest
from flyte_guest import rights
from flyte_guest.errors import Misuse

CASES = (Path(__file__).parents[3] / "tests/support/rights.txt").read_text(encoding="utf-8").splitlines()
MAKERS = {"path": rights.read, "env": rights.env, "net": rights.net}


@pytest.mark.parametrize("line", [line for line in CASES if line and not line.startswith("#")])
def test_the_rules_are_the_hosts(line):
    verdict, rest = line.split(" ", 1)
    kind, _, text = rest.partition(" ")
    if verdict == "good":
        assert MAKERS[kind](text).argument == text
    else:
        with pytest.raises(Misuse):
            MAKERS[kind](text)
