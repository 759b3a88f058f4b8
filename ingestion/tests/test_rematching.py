"""What older rules decided is made up by changing rows that today's rules have decided."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import connect
from catalog.models import Entity, ExternalData, Provider, SpotifyMatch
from catalog.tests.factories import GenreFactory
from ingestion import decisions, expiry, rematching, runs, search
from ingestion.rematching import Kind

pytestmark = pytest.mark.django_db

State = SpotifyMatch.State


@pytest.fixture
def looked_up(sandbox):
    connect(None, sandbox)
    sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=60)
    run = runs.request_week(genre=GenreFactory(beatport_id=6), year=2026, week=47)
    runs.carry_out(run.pk)
    search.look_up(seconds=60)
    return SpotifyMatch.objects.filter(state=State.MATCHED).select_related("track").order_by("pk")


def uris_of(match: SpotifyMatch) -> list[str]:
    found = ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=match.track_id
    )
    return list(found.values_list("uri", flat=True))


def doubted_by_older_rules(match: SpotifyMatch) -> None:
    SpotifyMatch.objects.filter(pk=match.pk).update(state=State.REVIEW, method="", matched_at=None)
    ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=match.track_id
    ).delete()


def accepted_wrongly_by_older_rules(match: SpotifyMatch) -> None:
    match.candidates = [one | {"title": "Quite Another Song"} for one in match.candidates]
    match.candidates = [one | {"isrc": "", "artists": ["Nobody"]} for one in match.candidates]
    match.save(update_fields=["candidates"])


def test_the_same_rules_decide_the_same(looked_up):
    assert rematching.decided_by_rules().count() > 40
    assert list(rematching.changes()) == []

    accepted_wrongly_by_older_rules(looked_up[0])
    expiry.shrink(SpotifyMatch.objects.filter(candidates_until__isnull=False))
    assert list(rematching.changes()) == []  # only uris are left


def test_other_rules_are_applied_without_a_call(looked_up, sandbox):
    better, worse, elsewhere, reworded = looked_up[:4]
    right = uris_of(better)
    doubted_by_older_rules(better)
    accepted_wrongly_by_older_rules(worse)
    ExternalData.objects.filter(entity_type=Entity.TRACK, entity_id=elsewhere.track_id).filter(
        provider=Provider.SPOTIFY
    ).update(uri=f"spotify:track:{'o' * 22}")
    reworded.candidates[0]["reasons"] = ["older words"]
    reworded.save(update_fields=["candidates"])
    calls = len(sandbox.get("log", side="spotify"))

    found = list(rematching.changes())
    states_before = dict(SpotifyMatch.objects.values_list("pk", "state"))
    applied = [rematching.apply(change) for change in found]

    assert {change.match.pk: change.kind for change in found} == {
        better.pk: Kind.BETTER,
        worse.pk: Kind.WORSE,
        elsewhere.pk: Kind.OTHER_TRACK,
        reworded.pk: Kind.OTHER_WORDS,
    }
    assert (states_before[better.pk], states_before[worse.pk]) == (State.REVIEW, State.MATCHED)
    assert all(applied)
    better.refresh_from_db()
    assert (better.state, uris_of(better)) == (State.MATCHED, right)
    assert better.matched_at > timezone.now() - timedelta(minutes=1)
    worse.refresh_from_db()
    assert (worse.state, worse.matched_at, uris_of(worse)) == (State.NOT_FOUND, None, [])
    assert worse in search.due()
    assert uris_of(elsewhere) == [elsewhere.candidates[0]["uri"]]
    reworded.refresh_from_db()
    assert "older words" not in reworded.candidates[0]["reasons"]
    assert len(sandbox.get("log", side="spotify")) == calls
    assert list(rematching.changes()) == []


def test_what_a_person_decides_stays_also_in_the_meantime(looked_up):
    earlier, meanwhile = looked_up[:2]
    accepted_wrongly_by_older_rules(earlier)
    accepted_wrongly_by_older_rules(meanwhile)
    decisions.accept_by_person(earlier.track, uri=uris_of(earlier)[0], is_edit=False)
    (change,) = rematching.changes()
    decisions.accept_by_person(meanwhile.track, uri=uris_of(meanwhile)[0], is_edit=True)

    assert change.match == meanwhile
    assert not rematching.apply(change)
    meanwhile.refresh_from_db()
    assert (meanwhile.state, meanwhile.method) == (State.OTHER_EDIT, SpotifyMatch.Method.PERSON)
    assert uris_of(meanwhile)
    assert list(rematching.changes()) == []
