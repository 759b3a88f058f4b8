from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import quota
from accounts.models import SpotifyCredential
from accounts.tests.factories import connect
from catalog.models import Entity, ExternalData, Provider, Release, SpotifyMatch, Track
from catalog.tests.factories import ArtistFactory, GenreFactory, ReleaseFactory, TrackFactory
from ingestion import decisions, leases, runs, search

pytestmark = pytest.mark.django_db

State = SpotifyMatch.State
SEARCH = {"path": "/search"}


@pytest.fixture
def week(sandbox):
    """Week 47 of techno is in the catalogue, and a DJ is connected to Spotify."""

    def of(tracks: int) -> None:
        connect(None, sandbox)
        sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=tracks)
        run = runs.request_week(genre=GenreFactory(beatport_id=6), year=2026, week=47)
        runs.carry_out(run.pk)

    return of


@pytest.fixture
def truth(sandbox):
    """What the sandbox knows about the week, by Beatport id."""
    return lambda: sandbox.get("truth", genre_id=6, year=2026, week=47)


def calls(sandbox) -> list[str]:
    log = sandbox.get("log", side="spotify")
    return [row["query"]["q"] for row in log if row["path"].endswith("/search")]


def accepted_id(track: Track) -> str:
    return ExternalData.objects.get(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=track.pk
    ).external_id


def states() -> Counter:
    return Counter(SpotifyMatch.objects.values_list("state", flat=True))


def lone_track(**fields) -> Track:
    """A track that nobody has on Spotify."""
    fields = {"title": "Nobody Knows This One", "isrc": "GBXXX2600001"} | fields
    return TrackFactory(artists=[ArtistFactory(name="Zzyzx")], **fields)


# What is found


def test_a_week_is_matched_as_an_honest_search_would(week, truth):
    week(150)

    tally = search.look_up(seconds=120)

    known = truth()
    wrong, outcome = [], Counter()
    for match in SpotifyMatch.objects.select_related("track"):
        expected = known[str(match.track.beatport_id)]
        outcome[expected["expected"], match.state] += 1
        if match.is_playable:
            refused = [*expected["rival"], *expected["mixed"]]
            right = expected["same"] if match.state == State.MATCHED else []
            if accepted_id(match.track) in set(refused) - set(right):
                wrong.append(match)
    there = sum(n for (expected, _), n in outcome.items() if expected == "same")
    assert wrong == []
    assert outcome["same", State.MATCHED] >= 0.97 * there
    assert outcome["not_found", State.MATCHED] == 0
    assert set(states()) == {State.MATCHED, State.OTHER_EDIT, State.REVIEW, State.NOT_FOUND}
    assert tally.due == 0
    assert tally.looked_up == SpotifyMatch.objects.count()
    assert tally.calls < tally.looked_up


def test_what_is_accepted_is_stored_for_track_artists_and_release(week):
    week(40)

    search.look_up(seconds=60)

    match = SpotifyMatch.objects.filter(state=State.MATCHED).first()
    spotify = ExternalData.objects.filter(provider=Provider.SPOTIFY)
    track = spotify.get(entity_type=Entity.TRACK, entity_id=match.track_id)
    assert track.uri == f"spotify:track:{track.external_id}"
    assert track.raw["uri"] == track.uri
    artist = match.track.credits.first().artist
    assert spotify.get(entity_type=Entity.ARTIST, entity_id=artist.pk).uri.startswith(
        "spotify:artist:"
    )
    assert spotify.filter(entity_type=Entity.RELEASE).exists()
    assert not spotify.filter(entity_type=Entity.LABEL).exists()
    assert match.matched_at
    assert match.next_try_at is None
    assert match.method in ("isrc", "text")
    assert "same title and artists" in match.reasons
    assert match.candidates[0]["uri"] == track.uri


def test_what_is_not_accepted_has_no_uri(week):
    week(80)

    search.look_up(seconds=60)

    with_uri = set(
        ExternalData.objects.filter(
            provider=Provider.SPOTIFY, entity_type=Entity.TRACK
        ).values_list("entity_id", flat=True)
    )
    playable = SpotifyMatch.objects.filter(state__in=SpotifyMatch.PLAYABLE)
    assert with_uri == set(playable.values_list("track_id", flat=True))


def test_a_doubtful_one_waits_with_its_candidates(week):
    week(80)

    search.look_up(seconds=60)

    match = SpotifyMatch.objects.filter(state=State.REVIEW).first()
    assert match.next_try_at is None
    assert match.candidates[0]["likeness"] == "doubtful"
    assert match.candidates[0]["reasons"]
    assert {"uri", "title", "artists", "album", "length_ms", "score"} <= set(match.candidates[0])


def test_not_found_is_looked_for_again_after_7_days_then_30_then_by_hand(db, sandbox):
    connect(None, sandbox)
    track = lone_track()
    waits = []

    for _ in range(3):
        search.look_up()
        match = SpotifyMatch.objects.get(track=track)
        assert match.state == State.NOT_FOUND
        waits.append(match.next_try_at and round((match.next_try_at - timezone.now()).days + 0.6))
        SpotifyMatch.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now())

    assert waits == [7, 30, None]


def test_a_late_arrival_is_found_at_the_second_look(week, sandbox, truth):
    week(80)
    search.look_up(seconds=60)
    late = {number for number, known in truth().items() if known["late"]}
    missing = SpotifyMatch.objects.filter(track__beatport_id__in=late)
    assert set(missing.values_list("state", flat=True)) <= {State.NOT_FOUND, State.REVIEW}

    sandbox.post("clock", advance_seconds=8 * 86_400)
    connect(None, sandbox)
    SpotifyMatch.objects.filter(state=State.NOT_FOUND).update(next_try_at=timezone.now())
    search.look_up(seconds=60)

    sandbox.post("clock", offset_seconds=0)
    assert missing.filter(state=State.MATCHED).count() >= len(late) - 1


# For how many calls


def test_another_release_of_a_decided_recording_costs_no_call(week, sandbox):
    week(30)
    search.look_up(seconds=60)
    known = SpotifyMatch.objects.filter(state=State.MATCHED, track__isrc__gt="").first()
    again = copy_of(known.track)
    sandbox.delete("log")

    tally = search.look_up()

    assert calls(sandbox) == []
    assert (tally.shared, tally.matched) == (1, 1)
    assert again.match.method == SpotifyMatch.Method.RECORDING
    assert accepted_id(again) == accepted_id(known.track)


def test_one_answer_serves_the_other_releases_that_wait(week, sandbox):
    week(30)
    track = SpotifyMatch.objects.exclude(track__isrc="").order_by("pk").first().track
    copy = copy_of(track)
    SpotifyMatch.objects.exclude(track__in=[track, copy]).delete()

    tally = search.look_up()

    assert tally.looked_up == 2
    assert tally.shared == 1
    assert len(calls(sandbox)) <= 2


def copy_of(track: Track) -> Track:
    """The same recording on a compilation."""
    copy = TrackFactory(
        title=track.title,
        mix_name=track.mix_name,
        isrc=track.isrc,
        length_ms=track.length_ms,
        recording_key=track.recording_key,
        artists=[credit.artist for credit in track.credits.filter(role="artist")],
        remixers=[credit.artist for credit in track.credits.filter(role="remixer")],
    )
    return Track.objects.get(pk=copy.pk)


def test_one_isrc_for_two_mixes_is_not_passed_on(week):
    week(30)
    search.look_up(seconds=60)
    known = SpotifyMatch.objects.filter(state=State.MATCHED, track__isrc__gt="").first()
    other = copy_of(known.track)
    Track.objects.filter(pk=other.pk).update(mix_name="Somebody Else Remix", title="Another Song")

    tally = search.look_up()

    assert tally.shared == 0
    assert SpotifyMatch.objects.get(track=other).state != State.MATCHED


def test_a_release_with_several_wanted_tracks_is_asked_for_once(week, sandbox):
    week(60)
    release = (
        Track.objects.values("release")
        .filter(credits__position=0, credits__role="artist")
        .order_by("release")
        .values_list("release", "credits__artist")
    )
    (wanted, artist), size = Counter(release).most_common(1)[0]
    tracks = Track.objects.filter(release=wanted, credits__artist=artist)
    SpotifyMatch.objects.exclude(track__in=tracks).delete()

    tally = search.look_up(seconds=60)

    asked = calls(sandbox)
    assert size >= 3
    assert sum(query.startswith("album:") for query in asked) == 1
    assert tally.looked_up == size
    assert asked[0].startswith("album:")


def various_artists(*, place: int = 0) -> list[Track]:
    """The tracks of a release with many first artists; no others are wanted.

    Spotify has the one with the most under another UPC, the one after it under the same.
    """
    leads = {"credits__position": 0, "credits__role": "artist"}
    names = Track.objects.filter(**leads).values_list("release", "credits__artist").distinct()
    release, artists = Counter(release for release, _ in names).most_common(2)[place]
    assert artists >= 3
    tracks = list(Track.objects.filter(release=release))
    SpotifyMatch.objects.exclude(track__in=tracks).delete()
    return tracks


def test_a_release_of_many_artists_is_found_by_its_upc(week, sandbox, truth):
    week(400)
    tracks = various_artists(place=1)
    sandbox.delete("log")

    tally = search.look_up(seconds=60)

    known = truth()
    asked = [row["path"] for row in sandbox.get("log", side="beatport")]
    release = Release.objects.get(pk=tracks[0].release_id)
    states = [SpotifyMatch.objects.get(track=track).state for track in tracks]
    there = [
        known[str(track.beatport_id)]["expected"] in ("same", "other_edit") for track in tracks
    ]
    assert asked == [f"/beatport/v4/catalog/releases/{release.beatport_id}/"]
    assert release.upc
    assert f"upc:{release.upc}" in calls(sandbox)
    assert [state in SpotifyMatch.PLAYABLE for state in states] == there
    assert tally.calls <= 3 + 2 * there.count(False)


def test_nobody_waits_for_a_beatport_that_does_not_answer(db, sandbox):
    connect(None, sandbox)
    for release in ReleaseFactory.create_batch(2):
        for number in range(3):
            artist = ArtistFactory(name=f"Zzyzx {release.pk} {number}")
            TrackFactory(title="Nobody Knows This One", release=release, artists=[artist])
    sandbox.post("faults", kind="status", status=503, match={"path": "/releases/"}, times=None)

    tally = search.look_up(seconds=60)

    assert tally.not_found == 6
    assert len(sandbox.get("log", side="beatport")) == 1


@pytest.mark.parametrize(
    ("fault", "is_asked_again"),
    [
        ({"kind": "status", "status": 404}, False),
        ({"kind": "status", "status": 503}, True),
    ],
    ids=str,
)
def test_without_an_upc_the_tracks_are_found_in_other_ways(week, sandbox, fault, is_asked_again):
    week(400)
    tracks = various_artists()
    sandbox.post("faults", **fault, match={"path": "/catalog/releases/"}, times=None)

    tally = search.look_up(seconds=60)

    release = Release.objects.get(pk=tracks[0].release_id)
    assert (release.upc, release.upc_asked_at is None) == ("", is_asked_again)
    assert tally.looked_up == len(tracks)
    assert not any(query.startswith("upc:") for query in calls(sandbox))


def test_an_album_that_spotify_has_not_is_looked_for_in_other_ways(week, sandbox):
    week(400)
    tracks = various_artists()

    tally = search.look_up(seconds=60)

    assert sum(query.startswith("upc:") for query in calls(sandbox)) == 1
    assert tally.looked_up == len(tracks)
    assert not [row for row in sandbox.get("log", side="spotify") if "/albums/" in row["path"]]


def test_the_most_valuable_come_first(week):
    week(40)
    ids = list(SpotifyMatch.objects.order_by("-pk").values_list("pk", flat=True)[:5])
    SpotifyMatch.objects.filter(pk__in=ids).update(priority=9)

    search.look_up(limit=5)

    looked_up = SpotifyMatch.objects.exclude(state=State.PENDING)
    assert set(ids) <= set(looked_up.values_list("pk", flat=True))


def test_a_limit_is_kept(week):
    week(40)

    tally = search.look_up(limit=3)

    assert 3 <= tally.looked_up <= 8  # an answer may decide other tracks of a release
    assert tally.due == SpotifyMatch.objects.count() - tally.looked_up


def test_the_time_is_kept(week):
    week(40)

    tally = search.look_up(seconds=0)

    assert tally.looked_up == 0
    assert tally.due == SpotifyMatch.objects.count()


def test_only_one_errand_at_a_time(week, sandbox):
    week(30)
    leases.take(search.ERRAND, seconds=60)

    tally = search.look_up()

    assert tally.is_busy
    assert calls(sandbox) == []


def test_an_errand_that_lost_its_lease_stops(week):
    week(30)
    somebody_else = []

    def take_over(tally):
        if not somebody_else:
            somebody_else.append(leases.Lease.objects.update(until=timezone.now()))

    tally = search.look_up(on_track=take_over)

    assert tally.due > 0
    assert tally.error == ""


def test_a_track_takes_as_many_queries_among_many_as_among_few(db, sandbox):
    """Nothing that is asked for one track grows with the tracks that wait."""
    connect(None, sandbox)

    def queries(waiting: int) -> int:
        for number in range(waiting):
            TrackFactory(title=f"Unknown {number}", artists=[ArtistFactory(name=f"Zzyzx {number}")])
        SpotifyMatch.objects.update(next_try_at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            assert search.look_up(limit=1).looked_up == 1
        return len(captured)

    queries(1)  # tokens and ledger are set up
    assert queries(2) == queries(28)


# What goes wrong


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 404},
        {"kind": "status", "status": 400},
        {"kind": "html"},
        {"kind": "empty"},
        {"kind": "string_error"},
        {"kind": "truncate"},
        {"kind": "reset"},
        {"kind": "status", "status": 200, "body": {"error": "oops"}},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
def test_an_error_is_never_not_found(db, sandbox, fault):
    connect(None, sandbox)
    track = lone_track()
    sandbox.post("faults", match=SEARCH, times=1, **fault)

    tally = search.look_up()

    match = SpotifyMatch.objects.get(track=track)
    assert (match.state, match.misses) == (State.PENDING, 0)
    assert match.error
    assert match.next_try_at > timezone.now()
    assert (tally.failed, tally.not_found) == (1, 0)


def test_errors_wait_longer_each_time(db, sandbox):
    connect(None, sandbox)
    lone_track()
    sandbox.post("faults", kind="status", status=500, match=SEARCH, times=None)
    waits = []

    for _ in range(3):
        SpotifyMatch.objects.update(next_try_at=timezone.now())
        search.look_up()
        wait = SpotifyMatch.objects.get().next_try_at - timezone.now()
        waits.append(round(wait.total_seconds() / 60))

    assert waits == [1, 5, 15]
    assert SpotifyMatch.objects.get().attempts == 3


def test_an_error_of_one_track_leaves_the_others_alone(week, sandbox):
    week(30)
    sandbox.post("faults", kind="status", status=500, match=SEARCH, times=1)

    tally = search.look_up(seconds=60)

    assert tally.failed == 1
    assert tally.looked_up == SpotifyMatch.objects.count() - 1
    assert states()[State.PENDING] == 1


def test_three_errors_in_a_row_end_the_errand(week, sandbox):
    week(30)
    sandbox.post("faults", kind="status", status=500, match=SEARCH, times=None)

    tally = search.look_up()

    assert tally.failed == 3
    assert tally.error
    assert states() == {State.PENDING: SpotifyMatch.objects.count()}


def test_when_the_quota_is_used_up_all_others_wait_for_its_time(week, sandbox):
    week(60)
    sandbox.post("quota", search=6)

    tally = search.look_up(seconds=60)

    pending = SpotifyMatch.objects.filter(state=State.PENDING)
    assert tally.looked_up > 0
    assert tally.failed == 0
    assert tally.until > timezone.now() + timedelta(hours=5)
    assert pending.exists()
    assert set(pending.values_list("next_try_at", flat=True)) == {tally.until}
    assert not pending.exclude(error="").exists()
    assert tally.due == 0


def test_our_own_cap_stops_the_errand_before_spotify_does(week, sandbox, settings):
    week(30)
    settings.SPOTIFY_QUOTA = settings.SPOTIFY_QUOTA | {"search": 4}

    tally = search.look_up(seconds=60)

    assert len(calls(sandbox)) == 4
    assert tally.until
    assert states()[State.PENDING] > 0


def test_a_part_of_the_day_is_kept_for_open_weeks(week, sandbox, settings):
    week(30)
    settings.SPOTIFY_QUOTA = settings.SPOTIFY_QUOTA | {"search": 10}
    settings.SPOTIFY_RESERVE = 0.5

    tally = search.look_up(seconds=60)
    assert len(calls(sandbox)) == 5
    assert tally.error
    assert tally.due == states()[State.PENDING] > 0

    SpotifyMatch.objects.update(priority=1)
    search.look_up(seconds=60)
    assert len(calls(sandbox)) == 10


def test_without_a_connection_nothing_is_decided(db):
    lone_track()

    tally = search.look_up()

    match = SpotifyMatch.objects.get()
    assert "Reconnect" in tally.error
    assert (match.state, match.attempts) == (State.PENDING, 0)
    assert match.next_try_at <= timezone.now()


def test_a_dead_connection_ends_the_errand(week, sandbox):
    week(30)
    sandbox.post("users/nadja", revoked=True)
    SpotifyCredential.objects.update(expires_at=timezone.now())

    tally = search.look_up()

    assert tally.error
    assert states() == {State.PENDING: SpotifyMatch.objects.count()}


# What a person says


def test_a_persons_decision_is_never_changed_by_the_errand(week):
    week(30)
    ours, gone = (match.track for match in SpotifyMatch.objects.order_by("pk")[:2])
    uri = f"spotify:track:{'x' * 22}"
    decisions.accept_by_person(ours, uri=uri, is_edit=False)
    decisions.say_not_there(gone)

    search.look_up(seconds=60)

    assert accepted_id(ours) == "x" * 22
    mine = SpotifyMatch.objects.get(track=ours)
    theirs = SpotifyMatch.objects.get(track=gone)
    assert (mine.state, mine.method) == (State.MATCHED, SpotifyMatch.Method.PERSON)
    assert (theirs.state, theirs.next_try_at) == (State.NOT_FOUND, None)


def test_a_decision_made_while_spotify_was_asked_wins(week):
    week(30)
    chosen = SpotifyMatch.objects.order_by("pk").first()
    before = SpotifyMatch.objects.get(pk=chosen.pk)
    decisions.say_not_there(chosen.track)

    assert not decisions.decide(before, [], method="text")
    assert SpotifyMatch.objects.get(pk=chosen.pk).method == SpotifyMatch.Method.PERSON


def test_a_persons_decision_holds_for_the_recording_without_a_call(week, sandbox):
    week(30)
    track = SpotifyMatch.objects.exclude(track__isrc="").first().track
    waiting = copy_of(track)
    decisions.accept_by_person(track, uri=f"spotify:track:{'y' * 22}", is_edit=True)
    later = copy_of(track)
    SpotifyMatch.objects.exclude(track__in=[track, waiting, later]).delete()

    search.look_up()

    assert calls(sandbox) == []
    for one in (track, waiting, later):
        match = SpotifyMatch.objects.get(track=one)
        assert (match.state, match.method) == (State.OTHER_EDIT, SpotifyMatch.Method.PERSON)
        assert accepted_id(one) == "y" * 22


def test_not_there_takes_a_wrong_match_away(week):
    week(30)
    search.look_up(seconds=60)
    track = SpotifyMatch.objects.filter(state=State.MATCHED).first().track

    decisions.say_not_there(track)

    match = SpotifyMatch.objects.get(track=track)
    assert (match.state, match.matched_at) == (State.NOT_FOUND, None)
    assert not ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=track.pk
    ).exists()


def test_the_album_of_another_release_is_not_taken_for_ours(week):
    week(30)
    Track.objects.update(release=ReleaseFactory(title="Completely Something Else"))

    search.look_up(seconds=60)

    assert states()[State.MATCHED] > 0
    assert not ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.RELEASE
    ).exists()


# When a track is looked up


def test_a_waiting_track_is_looked_up_when_its_time_and_the_quota_allow(db, settings):
    now = timezone.now()
    later, latest = now + timedelta(hours=1), now + timedelta(hours=3)
    in_line, put_off = lone_track().match, lone_track(match__next_try_at=latest).match
    decided = lone_track(match="review").match
    by_hand = lone_track(match="not_found", match__next_try_at=None).match

    assert search.next_look_at(in_line) == in_line.next_try_at
    quota.close("search", later)
    assert search.next_look_at(in_line) == later
    assert search.next_look_at(put_off) == latest
    assert search.next_look_at(decided) is None
    assert search.next_look_at(by_hand) is None


def test_when_only_the_reserve_is_left_open_weeks_go_on(db, settings):
    settings.SPOTIFY_QUOTA = settings.SPOTIFY_QUOTA | {"search": 2}
    settings.SPOTIFY_RESERVE = 0.5
    quota.take("search")
    rest, wanted = lone_track().match, lone_track(match__priority=1).match

    assert search.next_look_at(rest) > timezone.now() + timedelta(hours=22)
    assert search.next_look_at(wanted) == wanted.next_try_at
