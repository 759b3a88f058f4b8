import json
import subprocess
import sys

import pytest
from django.conf import settings

from ingestion.tests import mutants


def test_each_place_is_broken_once():
    broken = [text for _, text, _ in mutants.mutants("def f(a, b):\n    return not a < 1 and b\n")]

    assert broken == [
        "return not a < 1 or b",
        "return a < 1 and b",
        "return not a <= 1 and b",
        "return not a < 2 and b",
    ]


@pytest.mark.slow
def test_the_tests_of_the_rules_notice_nearly_every_breakage():
    command = [sys.executable, "-m", "ingestion.tests.mutants"]

    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)

    *survivors, summary = done.stdout.splitlines()
    print("\n".join(survivors))
    figures = json.loads(summary)
    assert figures["mutants"] > 200
    assert figures["killed"] >= 0.85 * figures["mutants"], survivors
