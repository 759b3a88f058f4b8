import json
from io import StringIO

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    out = StringIO()
    try:
        call_command("mirror", *arguments, stdout=out)
    except SystemExit as ending:
        return int(str(ending.code)), out.getvalue()
    return 0, out.getvalue()


def test_only_what_is_due_is_sent(desk):
    desk.fill(2)

    assert run() == (0, "0 playlists sent, 0 left.\n")
    assert desk.held() == []


def test_with_now_everything_is_sent(desk):
    tracks = desk.fill(3)
    desk.sort(tracks[:1], "Warm Up")

    code, said = run("--now", "--json")

    assert code == 0
    assert json.loads(said) == {"sent": 2, "left": 0, "waiting": []}
    desk.assert_in_step()


def test_a_doubt_is_waited_for(desk, sandbox):
    desk.fill(2)
    about = {"method": "POST", "path": "/items$"}
    sandbox.post("faults", kind="status", status=500, after_apply=True, match=about)

    code, _ = run("--now")

    assert code == 0
    desk.assert_in_step()


def test_a_closed_quota_is_reported_and_not_waited_for(desk, sandbox):
    desk.fill(2)
    sandbox.post("faults", kind="quota", match={"method": "POST", "path": "/me/playlists$"})

    code, said = run("--now", "--json")

    assert code == 1
    assert json.loads(said)["left"] == 1
    assert "your sorting is safe" in json.loads(said)["waiting"][0]["error"]
