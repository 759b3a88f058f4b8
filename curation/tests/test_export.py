import csv
import io
import json
import os
import stat
import subprocess
import sys
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.tests.factories import TrackFactory
from clouder import crowd
from clouder.tests.belongings import Belongings, Shop
from curation import export
from curation.models import GoldenTrack
from curation.tests.factories import CurationTrackFactory

pytestmark = pytest.mark.django_db
URI = f"spotify:track:{7:022}"


@pytest.fixture
def dj():
    return Belongings(Shop(), "Nachtfalter")


def read(file):
    """Each table of the zip as JSON and as CSV."""
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    rows = {name[:-5]: json.loads(text) for name, text in texts.items() if name.endswith("json")}
    sheets = {
        name[:-4]: list(csv.DictReader(io.StringIO(text, newline="")))
        for name, text in texts.items()
        if name.endswith("csv")
    }
    return rows, sheets


def test_all_of_a_djs_work_is_in_it(dj, tmp_path):
    user, path = dj.user, tmp_path / "dj.zip"

    counts = export.write(user, path)

    rows, sheets = read(path)
    assert {name: len(found) for name, found in rows.items()} == counts
    assert {name: len(found) for name, found in sheets.items()} == counts
    for name, related in {
        "categories": user.categories,
        "weeks": user.periods,
        "moves": user.moves,
        "verdicts": user.verdicts,
        "selections": user.selections,
        "playlists": user.mirrored_playlists,
        "api_tokens": user.api_tokens,
        "uploads": user.uploads,
    }.items():
        assert counts[name] == related.count() > 0, name
    assert counts["tracks"] == sum(week.tracks.count() for week in user.periods.all())
    assert counts["golden"] == GoldenTrack.objects.filter(user_category__user=user).count()
    assert counts["absences"] == 1
    archived = [one["name"] for one in rows["categories"] if one["archived_at"]]
    assert archived == ["Nachtfalter Archive"]
    (profile,) = rows["profile"]
    assert (profile["display_name"], profile["timezone"]) == ("Nachtfalter DJ", "Europe/Berlin")
    promoted = next(one for one in rows["moves"] if one["kind"] == "promote")
    assert (promoted["week"], promoted["title"]) == (46, dj.in_golden.track.title)
    assert oct(stat.S_IMODE(path.stat().st_mode)) == "0o600"


def test_golden_tells_what_a_shop_asks_for(dj, tmp_path):
    track = TrackFactory(
        title="=1+1", mix_name="Dub Mix", isrc="DEAB12300001", bpm=128, key="8A",
        match="matched", spotify_uri=URI,
    )  # fmt: skip
    dj.category.golden_tracks.create(track=track, added_at=timezone.now())

    export.write(dj.user, tmp_path / "dj.zip")

    rows, sheets = read(tmp_path / "dj.zip")
    found = {
        "title": "=1+1",
        "mix": "Dub Mix",
        "artists": track.credits.get().artist.name,
        "isrc": "DEAB12300001",
        "bpm": 128,
        "key": "8A",
        "label": track.release.label.name,
        "spotify_uri": URI,
        "beatport_id": track.beatport_id,
        "category": "Nachtfalter Warm Up",
    }
    assert rows["golden"][-1].items() >= found.items()
    assert sheets["golden"][-1]["title"] == "'=1+1"


def test_no_secret_and_nothing_of_others_is_in_it(dj, tmp_path):
    other = Belongings(dj.shop, "Stranger", week=44)
    dj.user.spotify_account_hash = "f" * 64
    dj.user.save()

    export.write(dj.user, tmp_path / "dj.zip")

    with ZipFile(tmp_path / "dj.zip") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    credential = dj.user.spotify
    assert dj.secret not in text
    for secret in (
        credential.access_token,
        credential.refresh_token,
        dj.token.sha256,
        dj.token.prefix,
        dj.user.password,
        dj.user.spotify_account_hash,
    ):
        assert secret
        assert secret not in text
    assert other.mark not in text
    assert other.mark.lower() not in text


def test_it_overwrites_nothing_and_leaves_no_half(dj, tmp_path, django_db_blocker):
    there = tmp_path / "there.zip"
    there.write_text("mine")
    with pytest.raises(CommandError, match="overwrites nothing"):
        call_command("export_dj", dj.user.username, there)
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("export_dj", dj.user.username, tmp_path / "absent" / "dj.zip")
    with pytest.raises(CommandError, match="nobody"):
        call_command("export_dj", "nobody", tmp_path / "dj.zip")
    with django_db_blocker.block(), pytest.raises(RuntimeError):
        export.write(dj.user, tmp_path / "dj.zip")

    assert there.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [there]


def test_a_script_reads_what_was_written(dj, tmp_path, capsys):
    path = tmp_path / "dj.zip"

    call_command("export_dj", dj.user.username, path, "--json")

    said = json.loads(capsys.readouterr().out)
    assert (said["path"], said["bytes"]) == (str(path), path.stat().st_size)
    assert said["rows"]["moves"] == dj.user.moves.count()


def test_a_dj_takes_it_from_the_settings(client, dj):
    client.force_login(dj.user)
    assert 'href="/settings/data.zip"' in client.get("/settings/").content.decode()

    answer = client.get("/settings/data.zip")

    assert answer["Content-Disposition"].startswith('attachment; filename="clouder-20')
    rows, _ = read(io.BytesIO(b"".join(answer.streaming_content)))
    assert rows["profile"][0]["username"] == dj.user.username


def test_more_rows_take_no_more_queries(dj, tmp_path, django_assert_max_num_queries):
    CurationTrackFactory.create_batch(20, curation_period=dj.period)

    with django_assert_max_num_queries(20):
        export.write(dj.user, tmp_path / "dj.zip")


EXPORT = """
import resource, sys
from pathlib import Path
import django
django.setup()
from accounts.models import User
from curation import export
counts = export.write(User.objects.get(), Path(sys.argv[1]))
print(counts["moves"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def export_in_a_process_of_its_own(path):
    """The moves in it, and the most MB that the process ever held."""
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, str(path)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TEST_DATABASE_READY": "1"},
        capture_output=True,
        check=True,
    )
    return tuple(map(int, done.stdout.split()))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_export_of_100_000_moves_takes_no_more_memory_than_one_of_10_000(tmp_path):
    found = []
    for weeks in (20, 200):
        crowd.gather(2_000, weeks=weeks, size=500, raw="{}")
        found.append(export_in_a_process_of_its_own(tmp_path / f"{weeks}.zip"))
        call_command("flush", interactive=False, verbosity=0)

    (few, small), (many, large) = found
    print(f"{few:,} moves: {small} MB, {many:,} moves: {large} MB")
    assert (few, many) == (10_000, 100_000)
    assert large < small + 10
