import json
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog.models import Genre, Track
from curation import categories
from curation.management.commands.demo import ACCOUNT_ID
from curation.models import Style
from curation.tests.factories import StyleFactory
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def style(sandbox):
    sandbox.post("weeks", genre_id=98, year=2026, week=40, tracks=12)
    genre, _ = Genre.objects.get_or_create(
        beatport_id=98, defaults={"name": "Amapiano", "slug": "amapiano"}
    )
    style = StyleFactory(slug="one-genre")
    style.genres.add(genre)
    return style


def test_demo_prepares_a_dj_with_categories_and_may_run_again(capsys):
    for _ in range(2):
        call_command("demo")

    dj = User.objects.get()
    assert dj.categories.filter(style__slug="techno", is_trash=False).count() == 6
    assert "ready" in capsys.readouterr().out


def test_demo_leaves_alone_what_the_dj_changed():
    call_command("demo")
    dj = User.objects.get()
    category = dj.categories.get(style__slug="techno", name="Closing")
    categories.change_category(category, name="Last Hour", hotkey="")
    categories.remove_category(dj.categories.get(style__slug="techno", name="Groove"))

    call_command("demo")

    names = set(dj.categories.filter(style__slug="techno").values_list("name", flat=True))
    assert names == {"Warm Up", "Peak Time", "Acid & Odd", "After Hours", "Last Hour", "Trash"}


def test_demo_speaks_json(capsys):
    call_command("demo", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "dj": "Nadja Orlow",
        "is_new": True,
        "categories": 9,
        "styles": ["melodic-house-techno", "techno"],
    }


def test_demo_without_its_styles_says_so_and_leaves_nothing_half_done():
    Style.objects.filter(slug="techno").delete()

    with pytest.raises(CommandError, match="lacks the styles techno"):
        call_command("demo")

    assert not User.objects.exists()


def test_the_demo_dj_is_the_one_who_logs_in(sandbox):
    profile = sandbox.post("users/nadja/tokens")
    me = sandbox.http.get(
        f"{sandbox.url}/spotify/v1/me",
        headers={"Authorization": f"Bearer {profile['access_token']}"},
        timeout=10,
    ).json()

    assert me["account_id"] == ACCOUNT_ID


def test_ingest_brings_a_week_of_a_style(style, capsys):
    call_command("ingest", "--style", "one-genre", "--year", "2026", "--week", "40", "--json")

    said = json.loads(capsys.readouterr().out)
    assert said["collected"] == Track.objects.count() == 12
    assert said["runs"][0]["status"] == "complete"


def test_ingest_shows_a_terminal_how_far_it_is(style, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    call_command("ingest", "--style", "one-genre", "--year", "2026", "--week", "40")

    assert "12 of 12 tracks of Amapiano 2026-W40" in capsys.readouterr().err


def test_ingest_twice_changes_nothing(style):
    week = ("ingest", "--style", "one-genre", "--year", "2026", "--week", "40")
    call_command(*week)
    before = list(Track.objects.order_by("pk").values())

    call_command(*week)

    assert list(Track.objects.order_by("pk").values()) == before
    assert IngestRun.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--style, --year and --week"),
        (["--style", "no-such", "--year", "2026", "--week", "1"], "no style no-such"),
        (["--style", "one-genre", "--year", "2025", "--week", "53"], "no week 53"),
        (["--style", "no-genres", "--year", "2026", "--week", "40"], "no-genres has no genres"),
        (["--file", "/no/such/file.json"], "no file"),
    ],
)
def test_ingest_says_what_it_lacks(arguments, words):
    for slug in ("one-genre", "no-genres"):
        StyleFactory(slug=slug)

    with pytest.raises(CommandError, match=words):
        call_command("ingest", *arguments)


def test_ingest_ends_with_an_error_when_a_file_is_no_list_of_tracks(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html>Nothing here</html>")

    with pytest.raises(SystemExit):
        call_command("ingest", "--file", str(page))
