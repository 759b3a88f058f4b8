"""What docs/ says of the API is done as it stands there, with a real server, worker and beat."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts import api_tokens
from accounts.models import User
from accounts.tests.factories import connect
from catalog.models import Entity, ExternalData, Genre, Provider, SpotifyMatch
from clouder.tests.browser.listener import Listener
from conftest import wait_until
from curation import moves
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, Move, Style

DOCS = settings.BASE_DIR / "docs"
BLOCK = re.compile(r"^```(bash|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- block"
TECHNO = 6  # Beatport's id of the genre
YEAR = 2026
WEEK_OF_THE_PAGE, WEEK_OF_THE_SCRIPT = 25, 38
PROMOTED = 2
SECONDS = 60

needs_bash = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="bash or curl is absent"
)


@pytest.fixture
def dj(sandbox, transactional_db) -> User:
    """With the style Techno, and nothing else."""
    genre, _ = Genre.objects.get_or_create(beatport_id=TECHNO, defaults={"name": "Techno"})
    style, _ = Style.objects.get_or_create(slug="techno", defaults={"name": "Techno"})
    style.genres.set([genre])
    return connect(None, sandbox, "nadja")


@pytest.fixture
def token(dj) -> str:
    return api_tokens.make(dj, name="Test")[1]


@pytest.fixture
def environment(token, live_server) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "CLOUDER_URL": live_server.url, "YEAR": str(YEAR)}


def uris_of(rows: Sequence[Any]) -> list[str]:
    """What stands for these tracks at Spotify, for those that are there."""
    found = ExternalData.objects.filter(provider=Provider.SPOTIFY, entity_type=Entity.TRACK)
    uris = dict(found.values_list("entity_id", "uri"))
    return [uris[row.track_id] for row in rows if row.track_id in uris]


def expect_library(sandbox, expected: dict[str, list[str]]) -> None:
    listener = Listener(sandbox.url, "nadja")
    try:
        wait_until(lambda: listener.library() == expected, SECONDS)
    except AssertionError:
        assert listener.library() == expected  # shows the difference


# docs/api.md


def blocks() -> list[tuple[str, Any]]:
    """Each piece of bash, with the answer that the page shows for it, or None."""
    found: list[tuple[str, Any]] = []
    for language, text in BLOCK.findall((DOCS / "api.md").read_text()):
        if language == "bash":
            found.append((text, None))
        else:
            found[-1] = (found[-1][0], json.loads(text))
    return found


def last_answer(said: str) -> Any:
    return json.loads([line for line in said.splitlines() if line[:1] in ("{", "[")][-1])


def fits(shown: Any, real: Any) -> bool:
    """The page shows no field that is not there, and none of another type."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(
            key in real and fits(value, real[key]) for key, value in shown.items()
        )
    if isinstance(shown, list):
        is_like = not shown or (bool(real) and fits(shown[0], real[0]))
        return isinstance(real, list) and is_like
    is_open = shown is None or real is None
    return is_open or type(shown) is type(real)


@needs_bash
def test_the_page_is_right_word_for_word(dj, token, environment, sandbox, worker, beat, tmp_path):
    sandbox.post("weeks", genre_id=TECHNO, year=YEAR, week=WEEK_OF_THE_PAGE, tracks=12)
    pieces = [f"echo\necho '{MARK}'\n{bash}" for bash, _ in blocks()]
    script = tmp_path / "api.sh"
    script.write_text("set -euo pipefail\n" + "\n".join(pieces))

    done = subprocess.run(
        ["bash", str(script)],
        env=environment | {"WEEK": str(WEEK_OF_THE_PAGE)},
        input=f"{token}\n",
        capture_output=True,
        text=True,
        timeout=2 * SECONDS,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == "curl: (22) The requested URL returned error: 409\n"
    said = done.stdout.split(MARK)[1:]
    for (bash, shown), real in zip(blocks(), said, strict=True):
        assert shown is None or fits(shown, last_answer(real)), (bash, shown, real)

    period = CurationPeriod.objects.get(user=dj)
    assert period.status == CurationPeriod.Status.CLOSED
    assert period.tracks.count() == 12
    tracks = period.tracks.order_by("position")
    assert {str(track.current_silver_playlist) for track in tracks} == {"Warm Up"}
    kept = list(GoldenTrack.objects.filter(user_category__user=dj).order_by("pk"))
    assert [row.track_id for row in kept] == [row.track_id for row in tracks[:2]]
    names = dj.categories.order_by("is_trash", "position").values_list("name", flat=True)
    assert list(names) == ["Warm Up", "Peak Time", "Trash"]
    doubted = SpotifyMatch.objects.get(track=tracks[2].track_id)
    assert (doubted.state, doubted.method) == (SpotifyMatch.State.NOT_FOUND, "person")
    undone = Move.objects.exclude(undone_at=None).order_by("pk").values_list("kind", flat=True)
    assert list(undone) == ["move", "promote"]  # by undo, and by taking a track out of Golden
    expect_library(sandbox, {"Techno · Warm Up": uris_of(kept)})


# docs/sort_a_week.py


def rule(track: CurationTrack) -> str:
    bpm = track.track.bpm
    return "Warm Up" if bpm < 132 else "Groove" if bpm < 137 else "Peak Time"


def run_script(environment: dict[str, str], *, until: str = "") -> tuple[int, str]:
    """The exit code and what was said; killed as soon as it says `until`."""
    command = [
        sys.executable,
        str(DOCS / "sort_a_week.py"),
        "--week",
        f"{YEAR}-W{WEEK_OF_THE_SCRIPT}",
    ]
    command += ["--promote", str(PROMOTED), "--keep"]
    said = ""
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as script:
        assert script.stdout
        for line in script.stdout:
            said += line
            if until and until in line:
                script.kill()
    return script.returncode, said


def change_by_hand(dj: User) -> tuple[CurationTrack, CurationTrack]:
    """One of the sorted tracks back into Bronze, another one into Trash."""
    period = CurationPeriod.objects.get(user=dj)
    back, thrown = period.tracks.filter(status=CurationTrack.Status.SORTED).order_by("position")[:2]
    moves.move_track(user=dj, track=back, to=None)
    trash = period.playlists.get(user_category__is_trash=True)
    moves.move_track(user=dj, track=thrown, to=trash)
    return back, thrown


def test_the_script_goes_on_when_it_was_killed_and_leaves_alone_what_the_dj_did(
    dj, token, environment, sandbox, worker, beat
):
    sandbox.post("weeks", genre_id=TECHNO, year=YEAR, week=WEEK_OF_THE_SCRIPT, tracks=40)
    environment = environment | {"CLOUDER_TOKEN": token}

    run_script(environment, until="12/40")
    by_hand = change_by_hand(dj)
    run_script(environment, until="Golden")
    code, said = run_script(environment)
    again, last_said = run_script(environment)

    assert (code, again) == (0, 0), said + last_said
    assert "1 in Bronze: put back by you" in said
    assert set(last_said.splitlines()) < set(said.splitlines())
    assert Move.objects.count() == 40 + len(by_hand) + 3 * PROMOTED
    by_category = defaultdict(list)
    for track in CurationTrack.objects.select_related("track").order_by("position"):
        if track not in by_hand:
            by_category[rule(track)].append(track)
    week = f"Techno W{WEEK_OF_THE_SCRIPT} {YEAR}"
    bronze = {f"{week} · Bronze": uris_of(by_hand[:1])}
    silver = {f"{week} · {name}": uris_of(rows[PROMOTED:]) for name, rows in by_category.items()}
    golden = {f"Techno · {name}": uris_of(rows[:PROMOTED]) for name, rows in by_category.items()}
    assert (len(silver), len(golden)) == (3, 3)
    expect_library(sandbox, bronze | silver | golden)


def test_the_script_says_what_clouder_says(dj, environment):
    code, said = run_script(environment | {"CLOUDER_TOKEN": "clouder_revoked"})

    assert code == 1
    assert "personal token" in said
    assert "Traceback" not in said
