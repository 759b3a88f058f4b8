import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import UserFactory, connect
from catalog.models import ExternalData, SpotifyMatch
from catalog.tests.factories import TrackFactory
from curation import mirror, moves, periods, verdicts
from curation.errors import Conflict
from curation.mirror import desired
from curation.models import (
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
    PeriodPlaylist,
    Verdict,
)
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of
from ingestion import search
from ingestion.candidates import Candidate

pytestmark = pytest.mark.django_db
URI = "spotify:track:heard"


@pytest.fixture
def track():
    return TrackFactory(match="matched", spotify_uri=URI)


def silver_of(playlist: PeriodPlaylist) -> MirroredPlaylist:
    return MirroredPlaylist.objects.get(period_playlist=playlist)


def in_step():
    MirroredPlaylist.objects.update(wanted=1, sent=1)


def waiting():
    return set(MirroredPlaylist.objects.waiting())


def sorted_row(track):
    period = CurationPeriodFactory()
    row = CurationTrackFactory(curation_period=period, track=track)
    moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
    return row


def test_a_wrong_version_leaves_the_playlists_of_all_djs(track):
    mine, theirs = sorted_row(track), sorted_row(track)
    bronze = CurationTrackFactory(track=track).curation_period
    in_step()

    verdicts.doubt(mine)

    assert waiting() == {
        silver_of(playlist_of(mine.curation_period, "Warm Up")),
        silver_of(playlist_of(theirs.curation_period, "Warm Up")),
        bronze.mirrored_playlists.get(layer="bronze"),
    }


def test_it_leaves_golden_and_what_a_closed_week_keeps_on_spotify(track):
    mine, theirs = sorted_row(track), sorted_row(track)
    category = playlist_of(theirs.curation_period, "Warm Up").user_category
    GoldenTrack.objects.create(user_category=category, track=track, added_at=timezone.now())
    periods.close_period(theirs.curation_period, rest_to_trash=False, stays_on_spotify=True)
    held = silver_of(playlist_of(theirs.curation_period, "Warm Up"))
    MirroredItem.objects.create(playlist=held, track=track, uri=URI, position=1)
    in_step()

    verdicts.doubt(mine)

    own = silver_of(playlist_of(mine.curation_period, "Warm Up"))
    assert waiting() == {own, held, category.golden_playlist}


def test_nothing_is_marked_where_nothing_was_accepted():
    row = sorted_row(TrackFactory())
    in_step()

    verdicts.doubt(row)

    assert not waiting()


def test_a_closed_week_takes_no_doubts(track):
    row = sorted_row(track)
    periods.close_period(row.curation_period, rest_to_trash=False)

    with pytest.raises(Conflict):
        verdicts.doubt(row)


def refused_by_rules_of_today(match):
    match.candidates = [
        Candidate(
            uri=URI,
            likeness="same",
            score=1,
            parts={},
            title="Quite Another Song",
            artists=["Nobody"],
            album="",
            album_type="single",
            released_on="2026",
            length_ms=1000,
            isrc="",
            url="",
            reasons=[],
        )
    ]
    match.candidates_until = timezone.now() + timedelta(days=1)
    match.save()


def test_what_other_rules_refuse_is_shown_then_leaves_the_playlists(track, capsys):
    row = sorted_row(track)
    refused_by_rules_of_today(track.match)
    in_step()

    call_command("rematch")
    shown = capsys.readouterr().out
    waited = waiting()
    call_command("rematch", apply=True, json=True)
    done = json.loads(capsys.readouterr().out)

    assert "worse: " in shown
    assert "On Spotify → Not on Spotify" in shown
    assert "0 better, 1 worse, 0 other track" in shown
    assert waited == set()
    assert (done["judged"], done["worse"], done["applied"]) == (1, 1, 1)
    assert waiting() == {silver_of(playlist_of(row.curation_period, "Warm Up"))}


# Undo


def state_of(track):
    return (
        list(SpotifyMatch.objects.filter(track=track).values()),
        list(ExternalData.objects.filter(entity_id=track.pk).values_list("uri", flat=True)),
    )


@pytest.mark.parametrize(
    "say",
    [
        lambda user, row: verdicts.accept(user, row.track, uri="spotify:track:" + "z" * 22),
        lambda user, row: verdicts.accept(user, row.track, uri=URI, is_edit=True),
        lambda user, row: verdicts.not_there(user, row.track),
        lambda user, row: verdicts.doubt(row),
    ],
    ids=["same", "edit", "not there", "wrong version"],
)
def test_undo_restores_the_match_and_tells_the_playlists(track, say):
    row = sorted_row(track)
    before = state_of(track)
    verdict = say(row.curation_period.user, row)
    assert state_of(track) != before
    in_step()

    assert verdicts.undo(verdict) == [verdict]

    assert state_of(track) == before
    assert silver_of(playlist_of(row.curation_period, "Warm Up")) in waiting()
    assert verdicts.undo(verdict) == []
    assert verdicts.latest(row.curation_period.user) is None


def test_what_another_dj_decided_since_stands(track):
    row = sorted_row(track)
    other = TrackFactory(match="matched", recording_key=track.recording_key, spotify_uri=URI)
    verdict = verdicts.not_there(row.curation_period.user, track)
    verdicts.accept(UserFactory(), other, uri=URI)

    with pytest.raises(Conflict):
        verdicts.undo(verdict)

    assert SpotifyMatch.objects.get(track=track).state == "matched"


def test_a_second_press_on_a_page_that_knows_nothing_of_the_first_says_nothing(track):
    row = sorted_row(track)
    stale = CurationTrack.objects.select_related("curation_period", "track__match").get(pk=row.pk)
    verdicts.doubt(row)

    assert verdicts.doubt(stale) is None
    assert Verdict.objects.count() == 1


def test_the_same_wrong_version_sent_twice_is_said_once(track):
    row = sorted_row(track)
    client_id = uuid.uuid4()

    first = verdicts.doubt(row, client_id=client_id)
    row = CurationTrack.objects.get(pk=row.pk)

    assert verdicts.doubt(row, client_id=client_id) == first
    assert Verdict.objects.count() == 1


def test_what_one_dj_decides_holds_for_another_djs_release_without_a_call(sandbox):
    connect(None, sandbox)
    mine = CurationTrackFactory(track=TrackFactory(isrc="GBXXX2699999"))
    theirs = CurationTrackFactory(track=TrackFactory(isrc="GBXXX2699999"))

    dj = mine.curation_period.user
    verdicts.accept(dj, mine.track, uri=f"spotify:track:{'d' * 22}", is_edit=False)
    later = CurationTrackFactory(track=TrackFactory(isrc="GBXXX2699999"))
    tally = search.look_up()

    for period in (theirs.curation_period, later.curation_period):
        mirror.mark_period(period)
        (wanted,) = desired.items(period.mirrored_playlists.get(layer="bronze"))
        assert wanted.uri == f"spotify:track:{'d' * 22}"
        assert period.user != dj
    assert (tally.calls, tally.shared) == (0, 1)
    assert [row for row in sandbox.get("log", side="spotify") if "/search" in row["path"]] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_very_same_moment_one_stands(track):
    user = UserFactory()
    together = Barrier(2)

    def decide(_) -> bool:
        try:
            together.wait()
            verdicts.not_there(user, track, seen=0)
        except verdicts.DecidedMeanwhile:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as tabs:
        assert sorted(tabs.map(decide, range(2))) == [False, True]

    assert Verdict.objects.count() == 1
